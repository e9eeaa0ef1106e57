package stream

import (
	"fmt"
	"log/slog"
)

// RedactAttr returns a slog.HandlerOptions.ReplaceAttr that redacts errors and texts as they are written, so that no log line
// depends on the care of its caller. The log's own attributes (time, level, source) and numbers are not changed.
func RedactAttr(groups []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		if len(groups) > 0 || a.Key != slog.LevelKey {
			a.Value = slog.StringValue(RedactText(a.Value.String()))
		}
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case slog.Level, *slog.Source:
		case error:
			a.Value = slog.StringValue(RedactText(v.Error()))
		default:
			a.Value = slog.StringValue(RedactText(fmt.Sprint(v)))
		}
	}
	return a
}
