package refresh

import (
	"encoding/json"
	"time"
)

// Store keeps the state that must survive kill -9. Records are JSON; their fields are private to the manager.
type Store interface {
	// SaveActive writes the records of active streams, by id, in one transaction.
	SaveActive(records map[string][]byte) error
	DeleteActive(id string) error
	EachActive(visit func(id string, record []byte) error) error
	// SaveLifetimes writes the observed token lifetimes of one host.
	SaveLifetimes(host string, record []byte) error
	EachLifetimes(visit func(host string, record []byte) error) error
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
	ArrivedAt   time.Time            `json:"came_at"`
	Reported    time.Time            `json:"reported"`
	ReportedAt  time.Time            `json:"reported_at"`
	Leases      map[string]time.Time `json:"leases"`
}

// record describes an active entry. The lock is held.
func (e *entry) record() ([]byte, error) {
	a := e.active
	return json.Marshal(activeRecord{
		SiteKey: e.siteKey, Title: e.title, Quality: e.quality,
		OriginalURL: a.originalURL, CurrentURL: e.url, Headers: e.headers,
		ActivatedAt: a.since, RefreshedAt: a.refreshedAt, Refreshes: a.refreshes, LastError: a.lastError,
		ArrivedAt: e.arrivedAt, Reported: e.reported, ReportedAt: e.reportedAt, Leases: a.leases,
	})
}

// load reads the store. Records that cannot be read are logged and skipped.
func (m *Manager) load() {
	if m.o.Store == nil {
		return
	}
	var removed []string
	err := m.o.Store.EachActive(func(id string, text []byte) error {
		var r activeRecord
		if err := json.Unmarshal(text, &r); err != nil || r.CurrentURL == "" {
			m.log.Error("cannot read the record of an active stream; it starts inactive", "stream", id, "error", err)
			return nil
		}
		if m.removed(r.SiteKey) {
			m.log.Info("stream no longer kept fresh: its source has been removed", "stream", id, "title", r.Title, "source", r.SiteKey)
			removed = append(removed, id)
			return nil
		}
		e := &entry{id: id, siteKey: r.SiteKey, title: r.Title, quality: r.Quality}
		e.adopt(r.CurrentURL, r.Headers, r.ArrivedAt)
		e.reported, e.reportedAt = r.Reported, r.ReportedAt
		e.active = &activation{
			originalURL: r.OriginalURL, since: r.ActivatedAt, refreshedAt: r.RefreshedAt, refreshes: r.Refreshes,
			lastError: r.LastError, leases: r.Leases, savedAt: m.now(),
		}
		if e.active.leases == nil {
			e.active.leases = map[string]time.Time{}
		}
		m.entries[id], m.active[id] = e, e
		return nil
	})
	if err != nil {
		m.log.Error("cannot read the active streams from the database", "error", err)
	}
	m.save(removed...)
	err = m.o.Store.EachLifetimes(func(host string, text []byte) error {
		var l lifetimes
		if err := json.Unmarshal(text, &l); err != nil {
			m.log.Error("cannot read the observed token lifetimes of a host; they start empty", "host", host, "error", err)
			return nil
		}
		m.lifetimes[host] = &l
		return nil
	})
	if err != nil {
		m.log.Error("cannot read the observed token lifetimes from the database", "error", err)
	}
}

// removed reports whether the source with this key no longer exists.
func (m *Manager) removed(siteKey string) bool {
	return m.o.Removed != nil && m.o.Removed(siteKey)
}

// save writes the records of those ids that are active, and deletes the records of the others. Errors are only logged, so
// that playback continues without a database.
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
			m.log.Error("cannot encode the record of an active stream", "stream", id, "error", err)
			delete(records, id)
		}
		e.active.savedAt, e.active.touched = m.now(), false
	}
	m.mu.Unlock()
	if len(records) > 0 {
		if err := m.o.Store.SaveActive(records); err != nil {
			m.log.Error("cannot save active streams", "count", len(records), "error", err)
		}
	}
	for _, id := range gone {
		if err := m.o.Store.DeleteActive(id); err != nil {
			m.log.Error("cannot delete the record of a stream that is no longer active", "stream", id, "error", err)
		}
	}
}

// saveTouched saves the streams whose leases were renewed and whose records are at least as old as after.
func (m *Manager) saveTouched(after time.Duration) {
	var ids []string
	m.mu.Lock()
	now := m.now()
	for id, e := range m.active {
		if e.active.touched && now.Sub(e.active.savedAt) >= after {
			ids = append(ids, id)
		}
	}
	m.mu.Unlock()
	m.save(ids...)
}

func (m *Manager) saveLifetimes(hosts []string) {
	if m.o.Store == nil || len(hosts) == 0 {
		return
	}
	m.saving.Lock()
	defer m.saving.Unlock()
	for _, host := range hosts {
		m.mu.Lock()
		text, err := json.Marshal(m.lifetimes[host])
		m.mu.Unlock()
		if err == nil {
			err = m.o.Store.SaveLifetimes(host, text)
		}
		if err != nil {
			m.log.Error("cannot save the observed token lifetimes of a host", "host", host, "error", err)
		}
	}
}
