package desktop

import (
	"context"
	"log/slog"
	"strings"

	"gridwall/app/desktop/text"
	"gridwall/backend/stream"
)

// maxFrameLine limits a line of Wails' log, in bytes.
const maxFrameLine = 300

// frameLog writes Wails' log to ours. Wails logs the whole of a message that it could not process, which may be a source's file with
// its cookies: only the reason is kept.
type frameLog struct{ log *slog.Logger }

func (l frameLog) Print(m string)   { l.line(slog.LevelInfo, m) }
func (l frameLog) Trace(string)     {} // Wails traces the results of all calls
func (l frameLog) Debug(m string)   { l.line(slog.LevelDebug, m) }
func (l frameLog) Info(m string)    { l.line(slog.LevelDebug, m) }
func (l frameLog) Warning(m string) { l.line(slog.LevelWarn, m) }
func (l frameLog) Error(m string)   { l.line(slog.LevelError, m) }
func (l frameLog) Fatal(m string)   { l.line(slog.LevelError, m) }

func (l frameLog) line(level slog.Level, m string) {
	if what, rest, ok := strings.Cut(m, ": "); ok && what == "process message error" {
		m = what + ": " + rest[strings.LastIndex(rest, " -> ")+1:]
	}
	l.log.Log(context.Background(), level, "window", "says", text.Plain(stream.RedactText(m), maxFrameLine))
}
