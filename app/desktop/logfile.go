package desktop

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"

	"gridwall/backend/stream"
)

const (
	logMegabytes = 5 // the log begins again beyond this
	logBackups   = 3 // so many old ones are kept
)

// OpenLog opens the log file, which begins again when it is large. also gets each line too, where it is not nil. Where
// the folder cannot be written to, the log goes to also alone: a full disk must not keep the window from opening.
func OpenLog(path string, level slog.Level, also io.Writer) (*slog.Logger, io.Closer) {
	file := &lumberjack.Logger{Filename: path, MaxSize: logMegabytes, MaxBackups: logBackups}
	var to io.Writer = file
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		_, err = file.Write(nil)
	}
	switch {
	case err != nil && also == nil:
		to = io.Discard
	case err != nil:
		to = also
	case also != nil:
		to = io.MultiWriter(also, file)
	}
	log := slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level, ReplaceAttr: stream.RedactAttr}))
	if err != nil {
		log.Warn("there is no log file", "path", path, "error", err)
	}
	return log, file
}
