package refresh

import (
	"context"
	"time"

	"gridwall/backend/stream"
)

const (
	// leaseLife is how long a lease lasts that nobody renews.
	leaseLife = 15 * time.Minute
	// maxLeases bounds the leases of one stream; one more, and that which ends first gives way.
	maxLeases = 256
	// activationWait is how long an activation waits for the renewal of an old token. The renewal goes on behind it.
	activationWait = 5 * time.Second
)

// watch is what an entry has while it is active.
type watch struct {
	originalURL string
	since       time.Time
	refreshedAt time.Time
	refreshes   int
	lastError   string
	failures    int                  // renewals in a row that failed
	leases      map[string]time.Time // viewer → end; "" is the anonymous viewer
	savedAt     time.Time
	touched     bool // a lease was renewed since then
}

// renewLease gives a viewer a lease, or renews it, and tells whether it is a new one. The lock is held.
func (w *watch) renewLease(viewer string, now time.Time) bool {
	_, had := w.leases[viewer]
	if !had && len(w.leases) >= maxLeases {
		first := ""
		var end time.Time
		for v, t := range w.leases {
			if end.IsZero() || t.Before(end) {
				first, end = v, t
			}
		}
		delete(w.leases, first)
	}
	w.leases[viewer] = now.Add(leaseLife)
	w.touched = true
	return !had
}

// play renews the viewer's lease if there is one, else all: a player that bears no name keeps alive what it plays.
// The lock is held.
func (w *watch) play(viewer string, now time.Time) {
	if _, had := w.leases[viewer]; had && viewer != "" {
		w.renewLease(viewer, now)
		return
	}
	for v := range w.leases {
		w.renewLease(v, now)
	}
}

// Activate gives a viewer a lease on a stream ("" is one anonymous viewer) and so makes it active. On an active stream
// it does nothing else. Where the token is old it is renewed before the answer, within five seconds. An unknown id is
// stream.ErrUnknownStream; a renewal that fails is no error, LastError tells of it.
func (m *Manager) Activate(ctx context.Context, id, viewer string) (Active, error) {
	if err := m.lookup(id); err != nil {
		return Active{}, err
	}
	m.mu.Lock()
	e := m.entries[id]
	now := m.now()
	begins := e.watch == nil
	if begins {
		e.watch = &watch{originalURL: e.url, since: now, leases: map[string]time.Time{}}
		m.active[id] = e
	}
	joins := e.watch.renewLease(viewer, now)
	shown := e.show()
	m.mu.Unlock()
	if joins {
		m.save(id)
		m.o.OnChange()
	}
	if begins {
		m.renewOld(ctx, e)
		m.poke()
		if a, ok := m.Get(id); ok {
			return a, nil
		}
	}
	return shown, nil
}

// renewOld renews an old token, waiting activationWait at most.
func (m *Manager) renewOld(ctx context.Context, e *entry) {
	m.mu.Lock()
	now := m.now()
	s := m.source(e.siteKey)
	if !m.tooOld(e, now) || s.flight == nil && m.heldBack(e, s, now) != nil {
		m.mu.Unlock()
		return
	}
	refused := e.generation
	f := m.join(s, e, refused)
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, activationWait)
	defer cancel()
	m.await(ctx, f, e, refused)
}

// Deactivate ends a viewer's lease, or all with viewer "". The last one takes the stream out of the active ones. A
// stream that is not active is stream.ErrUnknownStream; a viewer without a lease is no error.
func (m *Manager) Deactivate(id, viewer string) error {
	m.mu.Lock()
	e := m.active[id]
	if e == nil {
		m.mu.Unlock()
		return unknown(id)
	}
	if viewer == "" {
		clear(e.watch.leases)
	} else {
		delete(e.watch.leases, viewer)
	}
	if len(e.watch.leases) == 0 {
		m.retire(e)
	}
	m.mu.Unlock()
	m.save(id)
	m.o.OnChange()
	return nil
}

// retire makes an entry inactive. The lock is held.
func (m *Manager) retire(e *entry) {
	e.watch = nil
	delete(m.active, e.id)
}

// Open is Current for playback: it renews the leases of an active stream (the viewer's own, or all), and activates a
// known one that is not active where activate is set; viewer "" is then the anonymous lease of whoever plays.
func (m *Manager) Open(ctx context.Context, id string, activate bool, viewer string) (stream.Upstream, error) {
	if err := m.lookup(id); err != nil {
		return stream.Upstream{}, err
	}
	m.mu.Lock()
	e := m.entries[id]
	if e.watch != nil {
		e.watch.play(viewer, m.now())
		activate = false
	}
	g := e.given()
	m.mu.Unlock()
	if activate {
		if _, err := m.Activate(ctx, id, viewer); err != nil {
			return stream.Upstream{}, err
		}
		return m.Current(id)
	}
	return m.upstream(g), nil
}
