package app

import (
	"log/slog"
	"sync"

	"gridwall/backend/stream"
)

// brokenSources logs source files that cannot be used, because nobody may have the page of a server open. Each fault is logged
// once.
type brokenSources struct {
	mu     sync.Mutex
	logged map[string]string // the fault that was logged last, by file
}

// report logs the changes since the last report.
func (b *brokenSources) report(a *App) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := map[string]string{}
	for _, e := range a.dir.All() {
		if e.Err == nil {
			continue
		}
		place := e.Source.File
		now[place] = stream.OneLine(e.Err)
		if b.logged[place] != now[place] {
			a.o.Log.Warn("a source cannot be used", "source", e.Source.Key, "error", now[place])
		}
	}
	for place := range b.logged {
		if now[place] == "" {
			a.o.Log.Info("a source can be used again, or its file is gone", "file", place)
		}
	}
	b.logged = now
}

// reportMisnamed logs the files in the folder of sources that are not read because of their names.
func (a *App) reportMisnamed() {
	for _, name := range a.dir.Misnamed() {
		a.o.Log.Warn("a file is not read: the name of a source file must end in .toml", slog.String("file", name))
	}
}
