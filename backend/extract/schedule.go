package extract

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"gridwall/backend/runs"
	"gridwall/backend/source"
)

const (
	// jitter is the fraction of an interval by which a round may be delayed, so that sources drift apart.
	jitter = 0.1
	// retryFirst is the time from a failed round to the next, if the site does not ask for more; it doubles with each
	// further failure, up to the interval. A laptop that wakes without a network has its streams a minute after the network
	// is back.
	retryFirst = time.Minute
	// maxDoublings bounds the doubling: 2^11 minutes exceed any interval.
	maxDoublings = 11
	// notYetAtLeast is the least time from a run whose source had not begun to the next: "in a few moments" can take a
	// while.
	notYetAtLeast = time.Minute
	// calendarEvery is how often the calendar is consulted: a session that begins shortens the intervals.
	calendarEvery = time.Minute
)

// changes collects the keys of sources whose files changed, until the schedule takes them.
type changes struct {
	mu   sync.Mutex
	keys map[string]bool
	wake chan struct{}
}

func (c *changes) take() map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := c.keys
	c.keys = nil
	return keys
}

// poke wakes the schedule.
func (c *changes) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// sourcesChanged is called by Sources when files change.
func (s *Service) sourcesChanged(keys []string) {
	s.changes.mu.Lock()
	if s.changes.keys == nil {
		s.changes.keys = map[string]bool{}
	}
	for _, key := range keys {
		s.changes.keys[key] = true
	}
	s.changes.mu.Unlock()
	for _, key := range keys {
		s.source(key)
	}
	s.changes.poke()
	// The streams of a source that was removed or came back leave or join the listing.
	s.notifyChange()
}

// Pace sets how often sources run, and for how long at most, unless their files set that.
type Pace struct {
	// Interval and LiveInterval are the time between two rounds; 0 means 30 min and 5 min.
	Interval, LiveInterval time.Duration
	// Timeout bounds one extraction; 0 means 30 s.
	Timeout time.Duration
}

// withDefaults returns p with zero fields replaced by defaults.
func (p Pace) withDefaults() Pace {
	for _, d := range []struct {
		at   *time.Duration
		then time.Duration
	}{{&p.Interval, defaultInterval}, {&p.LiveInterval, defaultLiveInterval}, {&p.Timeout, defaultTimeout}} {
		if *d.at <= 0 {
			*d.at = d.then
		}
	}
	return p
}

// SetPace changes the pace. Sources that are due under the new one run at once; a run in progress keeps its timeout.
func (s *Service) SetPace(p Pace) {
	p = p.withDefaults()
	s.mu.Lock()
	changed := s.pace != p
	s.pace = p
	s.mu.Unlock()
	if changed {
		s.changes.poke()
	}
}

// turn is the schedule of one source.
type turn struct {
	// last is when the last round began; zero means never.
	last    time.Time
	stretch float64 // jitter, as a fraction of the interval
	running bool
	// fresh requests a round whose run starts with the new file, after the current round if there is one.
	fresh bool
}

// Run keeps the listings fresh until ctx ends. A round of a source is a run and a check of its streams. Run begins with
// the sources whose listing is older than their interval. After that, each source has a round at the interval of its
// file, or else at Interval, or at LiveInterval while a session is live; and at once when its file changes. After a
// failure the next round comes sooner.
func (s *Service) Run(ctx context.Context) {
	var rounds sync.WaitGroup
	defer rounds.Wait()
	ended := make(chan string)
	turns := map[string]*turn{}
	for {
		now := time.Now()
		wait := calendarEvery
		changed := s.changes.take()
		present := map[string]bool{}
		for _, e := range s.o.Sources.All() {
			key := e.Source.Key
			if e.Err != nil || !e.Source.Enabled || s.o.Registry[e.Source.Kind] == nil {
				continue
			}
			present[key] = true
			t := turns[key]
			if t == nil {
				listed, _ := s.known(key)
				t = &turn{last: newest(listed)}
				turns[key] = t
			}
			if changed[key] {
				t.fresh = true
			}
			if t.running {
				continue
			}
			if due := s.due(e.Source, t, now); due.After(now) && !t.fresh {
				wait = min(wait, due.Sub(now))
				continue
			}
			t.last, t.stretch, t.running = now, jitter*rand.Float64(), true
			fresh := t.fresh
			t.fresh = false
			rounds.Go(func() {
				s.round(ctx, key, fresh)
				select {
				case ended <- key:
				case <-ctx.Done():
				}
			})
		}
		for key, t := range turns {
			if !present[key] && !t.running {
				delete(turns, key)
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-s.changes.wake:
		case key := <-ended:
			turns[key].running = false
		}
		timer.Stop()
	}
}

// due returns when the next round of the source should begin. If it never ran (t.last is zero), that is in the past.
func (s *Service) due(src source.Source, t *turn, now time.Time) time.Time {
	s.mu.RLock()
	pace := s.pace
	s.mu.RUnlock()
	every := pace.Interval
	switch {
	case src.Interval > 0:
		every = src.Interval
	case s.o.SessionLive(now):
		every = pace.LiveInterval
	}
	if at := s.looksAgain(src.Key); !at.IsZero() {
		return at
	}
	if last := s.runs.State(src.Key); last.Failures > 0 {
		retry := retryFirst << min(last.Failures-1, maxDoublings)
		var failed *FetchError
		if errors.As(last.Err, &failed) {
			retry = max(retry, failed.RetryAfter)
		}
		every = min(every, retry)
	}
	return t.last.Add(every + time.Duration(t.stretch*float64(every)))
}

// looksAgain returns when a source that has not begun runs again; zero for other sources.
func (s *Service) looksAgain(key string) time.Time {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if st := s.sites[key]; st != nil {
		return st.status.LooksAgain
	}
	return time.Time{}
}

// round runs the source and checks its streams. If changed, the run must start with the current version of the file.
func (s *Service) round(ctx context.Context, key string, changed bool) {
	q := runs.Request{Reason: runs.Planned}
	if changed {
		q = runs.Request{Reason: runs.FileChanged, Fresh: true}
	}
	_, _ = s.runs.RunInTurn(ctx, key, q)
	s.checkSource(ctx, key)
}
