package lineup

import "encoding/json"

// maxResults bounds the stored results of pre-flight checks.
const maxResults = 50

// loadResults reads the stored results. If they cannot be read, the next check replaces them.
func (l *Lineup) loadResults() {
	l.results = map[string]Preflight{}
	doc, err := l.o.Documents.Preflights()
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &l.results)
	}
	for key, p := range l.results {
		if p.CheckedAt == nil || p.Feeds == nil || p.Sources == nil {
			delete(l.results, key)
		}
	}
	if err != nil || l.results == nil {
		l.o.Log.Warn("cannot read the results of earlier pre-flight checks; the next ones replace them", "error", err)
		l.results = map[string]Preflight{}
	}
}

// saveResult ends a check: it stores the result, and drops the oldest one if there are too many.
func (l *Lineup) saveResult(key string, p Preflight) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.running, key)
	l.results[key] = p
	for len(l.results) > maxResults {
		oldest := key
		for k, r := range l.results {
			if r.CheckedAt.Before(*l.results[oldest].CheckedAt) {
				oldest = k
			}
		}
		delete(l.results, oldest)
	}
	doc, err := json.Marshal(l.results)
	if err != nil {
		return err
	}
	return l.o.Documents.SavePreflights(doc)
}
