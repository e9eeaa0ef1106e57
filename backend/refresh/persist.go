package refresh

import (
	"encoding/json"
	"time"
)

// Store keeps what must survive kill -9. Records are JSON, and the manager's own business.
type Store interface {
	// SaveActive writes the records of active streams, by id, in one transaction.
	SaveActive(records map[string][]byte) error
	DeleteActive(id string) error
	EachActive(visit func(id string, record []byte) error) error
	// SaveLife writes what was learned of one host.
	SaveLife(host string, record []byte) error
	EachLife(visit func(host string, record []byte) error) error
}

// activeRecord is an active stream as it is stored.
type activeRecord struct {
	SiteKey     string               `json:"site_key"`
	Title       string               `json:"title"`
	Quality     string               `json:"quality"`
	OriginalURL string               `json:"original_url"`
	CurrentURL  string               `json:"current_url"`
	Headers     map[string]string    `json:"headers,omitempty"`
	ActivatedAt time.Time            `json:"activated_at"`
	RefreshedAt time.Time            `json:"refreshed_at"`
	Refreshes   int                  `json:"refreshes"`
	LastError   string               `json:"last_error,omitempty"`
	CameAt      time.Time            `json:"came_at"`
	Reported    time.Time            `json:"reported"`
	ReportedAt  time.Time            `json:"reported_at"`
	Leases      map[string]time.Time `json:"leases"`
}

// record describes an active entry. The lock is held.
func (e *entry) record() ([]byte, error) {
	w := e.watch
	return json.Marshal(activeRecord{
		SiteKey: e.siteKey, Title: e.title, Quality: e.quality,
		OriginalURL: w.originalURL, CurrentURL: e.url, Headers: e.headers,
		ActivatedAt: w.since, RefreshedAt: w.refreshedAt, Refreshes: w.refreshes, LastError: w.lastError,
		CameAt: e.cameAt, Reported: e.reported, ReportedAt: e.reportedAt, Leases: w.leases,
	})
}

// load takes up what the store holds. What cannot be read is logged and left out.
func (m *Manager) load() {
	if m.o.Store == nil {
		return
	}
	var removed []string
	err := m.o.Store.EachActive(func(id string, text []byte) error {
		var r activeRecord
		if err := json.Unmarshal(text, &r); err != nil || r.CurrentURL == "" {
			m.log.Error("the record of an active stream cannot be read, it starts inactive", "stream", id, "error", err)
			return nil
		}
		if m.removed(r.SiteKey) {
			m.log.Info("a feed is no longer kept fresh, because its source has been removed", "stream", id, "title", r.Title, "source", r.SiteKey)
			removed = append(removed, id)
			return nil
		}
		e := &entry{id: id, siteKey: r.SiteKey, title: r.Title, quality: r.Quality}
		e.adopt(r.CurrentURL, r.Headers, r.CameAt)
		e.reported, e.reportedAt = r.Reported, r.ReportedAt
		e.watch = &watch{
			originalURL: r.OriginalURL, since: r.ActivatedAt, refreshedAt: r.RefreshedAt, refreshes: r.Refreshes,
			lastError: r.LastError, leases: r.Leases, savedAt: m.now(),
		}
		if e.watch.leases == nil {
			e.watch.leases = map[string]time.Time{}
		}
		m.entries[id], m.active[id] = e, e
		return nil
	})
	if err != nil {
		m.log.Error("the active streams cannot be read from the database", "error", err)
	}
	m.save(removed...)
	err = m.o.Store.EachLife(func(host string, text []byte) error {
		var l life
		if err := json.Unmarshal(text, &l); err != nil {
			m.log.Error("a learned token life cannot be read, it will be learned anew", "host", host, "error", err)
			return nil
		}
		m.lives[host] = &l
		return nil
	})
	if err != nil {
		m.log.Error("the learned token lives cannot be read from the database", "error", err)
	}
}

// removed reports whether no source has this key any more.
func (m *Manager) removed(siteKey string) bool {
	return m.o.Removed != nil && m.o.Removed(siteKey)
}

// save writes what the ids are now: the record of an active stream, or that there is none any more. An error is
// logged: playing goes on without a database.
func (m *Manager) save(ids ...string) {
	if m.o.Store == nil || len(ids) == 0 {
		return
	}
	m.saving.Lock()
	defer m.saving.Unlock()
	records := map[string][]byte{}
	var gone []string
	var err error
	m.mu.Lock()
	for _, id := range ids {
		e := m.active[id]
		if e == nil {
			gone = append(gone, id)
			continue
		}
		if records[id], err = e.record(); err != nil {
			m.log.Error("an active stream cannot be written down", "stream", id, "error", err)
			delete(records, id)
		}
		e.watch.savedAt, e.watch.touched = m.now(), false
	}
	m.mu.Unlock()
	if len(records) > 0 {
		if err := m.o.Store.SaveActive(records); err != nil {
			m.log.Error("active streams are not saved", "count", len(records), "error", err)
		}
	}
	for _, id := range gone {
		if err := m.o.Store.DeleteActive(id); err != nil {
			m.log.Error("the end of an active stream is not saved", "stream", id, "error", err)
		}
	}
}

// saveTouched writes the streams whose leases were renewed and that were not written for a while.
func (m *Manager) saveTouched(after time.Duration) {
	var ids []string
	m.mu.Lock()
	now := m.now()
	for id, e := range m.active {
		if e.watch.touched && now.Sub(e.watch.savedAt) >= after {
			ids = append(ids, id)
		}
	}
	m.mu.Unlock()
	m.save(ids...)
}

func (m *Manager) saveLives(hosts []string) {
	if m.o.Store == nil || len(hosts) == 0 {
		return
	}
	m.saving.Lock()
	defer m.saving.Unlock()
	for _, host := range hosts {
		m.mu.Lock()
		text, err := json.Marshal(m.lives[host])
		m.mu.Unlock()
		if err == nil {
			err = m.o.Store.SaveLife(host, text)
		}
		if err != nil {
			m.log.Error("a learned token life is not saved", "host", host, "error", err)
		}
	}
}
