package refresh

import (
	"context"
	"strings"
	"time"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

const (
	// leaseDuration is how long a lease lasts unless it is renewed.
	leaseDuration = 15 * time.Minute
	// maxLeases bounds the leases of one stream. Beyond it, the lease that ends first is dropped.
	maxLeases = 256
	// activationWait is how long an activation waits for the renewal of an old token. The renewal continues afterwards.
	activationWait = 5 * time.Second
)

// activation is the state of an entry while it is active.
type activation struct {
	originalURL string
	since       time.Time
	refreshedAt time.Time
	refreshes   int
	lastError   string
	failures    int                  // renewals in a row that failed
	leases      map[string]time.Time // viewer → end; "" is the anonymous viewer
	savedAt     time.Time
	touched     bool // a lease was renewed since savedAt
}

// renewLease gives a viewer a lease, or renews it, and reports whether it is a new one. The lock is held.
func (a *activation) renewLease(viewer string, now time.Time) bool {
	_, had := a.leases[viewer]
	if !had && len(a.leases) >= maxLeases {
		first := ""
		var end time.Time
		for v, t := range a.leases {
			if end.IsZero() || t.Before(end) {
				first, end = v, t
			}
		}
		delete(a.leases, first)
	}
	a.leases[viewer] = now.Add(leaseDuration)
	a.touched = true
	return !had
}

// viewers returns the number of viewers, and if there is none, of which stream it is a spare.
func (a *activation) viewers() (n int, spareOf string) {
	for v := range a.leases {
		if of, ok := strings.CutPrefix(v, stream.SpareViewer); ok {
			spareOf = max(spareOf, of)
		} else {
			n++
		}
	}
	if n > 0 {
		spareOf = ""
	}
	return n, spareOf
}

// play renews the viewer's lease if there is one, otherwise all leases: an unnamed player keeps the stream active too. The
// lock is held.
func (a *activation) play(viewer string, now time.Time) {
	if _, had := a.leases[viewer]; had && viewer != "" {
		a.renewLease(viewer, now)
		return
	}
	if n, _ := a.viewers(); n == 0 { // it was active only as a spare
		a.renewLease("", now)
		return
	}
	for v := range a.leases {
		a.renewLease(v, now)
	}
}

// Activate gives a viewer a lease on a stream ("" is the anonymous viewer), which makes the stream active. If it already was,
// Activate does nothing else. Otherwise an old token is renewed first; Activate waits for that at most activationWait. The
// error for an unknown ID is stream.ErrUnknownStream; a failed renewal is not an error but shows as LastError.
func (m *Manager) Activate(ctx context.Context, id, viewer string) (Active, error) {
	if err := m.lookup(id); err != nil {
		return Active{}, err
	}
	m.mu.Lock()
	e := m.entries[id]
	now := m.now()
	begins := e.active == nil
	if begins {
		e.active = &activation{originalURL: e.url, since: now, leases: map[string]time.Time{}}
		m.active[id] = e
	}
	joins := e.active.renewLease(viewer, now)
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

// renewOld renews an old token, and waits at most activationWait.
func (m *Manager) renewOld(ctx context.Context, e *entry) {
	m.mu.Lock()
	now := m.now()
	if !m.tooOld(e, now) || m.heldBack(e, now) != nil {
		m.mu.Unlock()
		return
	}
	spent := e.generation
	run := m.request(e, runs.TokenDue, spent)
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, activationWait)
	defer cancel()
	m.await(ctx, run, e, spent)
}

// Deactivate ends a viewer's lease, or all leases if viewer is "". Without leases the stream becomes inactive. The error for a
// stream that is not active is stream.ErrUnknownStream; a viewer without a lease is not an error.
func (m *Manager) Deactivate(id, viewer string) error {
	m.mu.Lock()
	e := m.active[id]
	if e == nil {
		m.mu.Unlock()
		return unknown(id)
	}
	if viewer == "" {
		clear(e.active.leases)
	} else {
		delete(e.active.leases, viewer)
	}
	if len(e.active.leases) == 0 {
		m.retire(e)
	}
	m.mu.Unlock()
	m.save(id)
	m.o.OnChange()
	return nil
}

// retire makes an entry inactive. The lock is held.
func (m *Manager) retire(e *entry) {
	e.active = nil
	delete(m.active, e.id)
}

// Open is Current for playback: it renews the leases of an active stream (the viewer's own, or all). If activate is set, it
// activates an inactive stream; viewer "" then gets the anonymous lease.
func (m *Manager) Open(ctx context.Context, id string, activate bool, viewer string) (stream.Upstream, error) {
	if err := m.lookup(id); err != nil {
		return stream.Upstream{}, err
	}
	m.mu.Lock()
	e := m.entries[id]
	if e.active != nil {
		e.active.play(viewer, m.now())
		activate = false
	}
	a := e.address()
	m.mu.Unlock()
	if activate {
		if _, err := m.Activate(ctx, id, viewer); err != nil {
			return stream.Upstream{}, err
		}
		return m.Current(id)
	}
	return m.upstream(a), nil
}
