package app

import (
	"context"
	"sync"
	"time"

	"gridwall/backend/lineup"
	"gridwall/backend/proxy"
	"gridwall/backend/season"
)

const (
	// movedWithin is for how long a feed counts as moving after its last new segment: segments of any length are
	// shorter.
	movedWithin = time.Minute
	// maxLooked bounds the feeds of a session that are looked at, the best first.
	maxLooked = 4
	// forgetFeeds is how long a feed is remembered that nobody asks for.
	forgetFeeds = time.Hour
)

// movement tells whether the feeds of a session get new segments. It joins the calendar with the lineup, which knows
// the feeds of a session, and the proxy, which knows how far each has come.
type movement struct {
	feeds  func(event, session string) (lineup.Feeds, error)
	active func(id string) bool
	newest func(ctx context.Context, id string) (proxy.Newest, error)
	now    func() time.Time

	mu   sync.Mutex
	seen map[string]progress
}

// progress is how far a feed had come, and when it last came further; zero where that was never seen.
type progress struct {
	at    proxy.Newest
	moved time.Time
	asked time.Time
}

// Moving tells whether one of the session's feeds that are active, or that were found live, has moved since it was
// looked at before.
func (m *movement) Moving(ctx context.Context, e season.Event, s season.Session) bool {
	found, err := m.feeds(e.ID, s.Name)
	if err != nil {
		return false
	}
	ids := make([]string, 0, maxLooked)
	for _, active := range []bool{true, false} {
		for _, st := range found.Streams {
			if m.active(st.ID) == active && (active || st.Health != nil && st.Health.Live) && len(ids) < maxLooked {
				ids = append(ids, st.ID)
			}
		}
	}
	var looks sync.WaitGroup
	for _, id := range ids {
		looks.Go(func() { m.look(ctx, id) })
	}
	looks.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for _, id := range ids {
		if p, ok := m.seen[id]; ok && !p.at.End && !p.moved.IsZero() && now.Sub(p.moved) < movedWithin {
			return true
		}
	}
	return false
}

// look asks how far a feed has come.
func (m *movement) look(ctx context.Context, id string) {
	at, err := m.newest(ctx, id)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	p, known := m.seen[id]
	if known && at != p.at {
		p.moved = now
	}
	p.at, p.asked = at, now
	if m.seen == nil {
		m.seen = map[string]progress{}
	}
	m.seen[id] = p
	for other, p := range m.seen {
		if now.Sub(p.asked) > forgetFeeds {
			delete(m.seen, other)
		}
	}
}
