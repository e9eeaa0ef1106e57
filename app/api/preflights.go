package api

import (
	"encoding/json"
	"log/slog"
	"sync"
)

// preflightsKept bounds the results that are kept.
const preflightsKept = 50

// preflights are the results by session, kept over a restart, and the checks that are under way.
type preflights struct {
	once    sync.Once
	mu      sync.Mutex
	results map[string]Preflight
	running map[string]chan struct{}
}

// load reads the results of earlier runs of the program, once. What cannot be read is found out by the next check.
func (c *preflights) load(docs documents, log *slog.Logger) {
	c.once.Do(func() { c.read(docs, log) })
}

func (c *preflights) read(docs documents, log *slog.Logger) {
	c.running, c.results = map[string]chan struct{}{}, map[string]Preflight{}
	doc, err := docs.Preflights()
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &c.results)
	}
	for key, p := range c.results {
		if p.CheckedAt == nil || p.Feeds == nil || p.Sources == nil {
			delete(c.results, key)
		}
	}
	if err != nil || c.results == nil {
		log.Warn("what was found of sessions' feeds cannot be read; they are checked anew", "error", err)
		c.results = map[string]Preflight{}
	}
}

// ended notes what a check found; the oldest results go where there are too many.
func (c *preflights) ended(key string, p Preflight, docs documents) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, key)
	c.results[key] = p
	for len(c.results) > preflightsKept {
		oldest := key
		for k, r := range c.results {
			if r.CheckedAt.Before(*c.results[oldest].CheckedAt) {
				oldest = k
			}
		}
		delete(c.results, oldest)
	}
	doc, err := json.Marshal(c.results)
	if err != nil {
		return err
	}
	return docs.SavePreflights(doc)
}
