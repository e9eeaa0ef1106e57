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
	logMegabytes = 5 // the log file is rotated at this size
	logBackups   = 3 // how many old log files are kept
)

// OpenLog opens the log file, which is rotated when it is large. If also is not nil, each line is written there too. If the folder
// cannot be written to, the log goes only to also: a full disk must not keep the window from opening.
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
		log.Warn("cannot write the log file", "path", path, "error", err)
	}
	return log, file
}
