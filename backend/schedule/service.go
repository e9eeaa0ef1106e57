package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/stream"
)

const (
	// staleAfter is how old a calendar may be before it is called stale.
	staleAfter = 24 * time.Hour
	// refreshEvery is how often a calendar is read: daily, and an hour before it would be stale.
	refreshEvery = 23 * time.Hour
	// retryAfter is how long a calendar that could not be read is left alone.
	retryAfter = 15 * time.Minute
	// readTimeout bounds one reading of one calendar.
	readTimeout = time.Minute
	// longestNap bounds how long Run sleeps: after the machine slept, it is this late at most.
	longestNap = time.Minute
)

// Options is what a Service is made of. Providers may be empty; Store may be nil (nothing is kept).
type Options struct {
	Providers []Provider
	Store     Store
	Log       *slog.Logger
	// Now is the wall clock; nil is the machine's.
	Now func() time.Time
}

// record is what is known of one calendar.
type record struct {
	Events    []Event   `json:"events"`
	FetchedAt time.Time `json:"fetched_at"`

	err     error
	triedAt time.Time
}

// Service knows the sessions. It is safe for use by many.
type Service struct {
	o    Options // Providers apart, which are below
	wake chan struct{}

	mu        sync.Mutex
	providers []Provider // replaced, never changed in place
	records   map[string]*record
	onChange  []func()
}

// New makes a service and takes from the store what was read of its calendars before. Of two providers with one key
// the first counts.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Service{o: o, wake: make(chan struct{}, 1), records: map[string]*record{}}
	s.take(o.Providers)
	s.o.Providers = nil
	return s
}

// take makes list the providers, and tells whether that made a difference.
func (s *Service) take(list []Provider) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next []Provider
	seen := map[string]bool{}
	for _, p := range list {
		if seen[p.Key()] {
			continue
		}
		seen[p.Key()] = true
		next = append(next, p)
		if s.records[p.Key()] == nil {
			s.records[p.Key()] = kept(s.o, p)
		}
	}
	same := slices.EqualFunc(s.providers, next, func(a, b Provider) bool { return a.Key() == b.Key() })
	s.providers = next
	return !same
}

// SetProviders replaces the calendars. What was read of one that goes is kept for when it comes back; one that is new
// is read by Run at once.
func (s *Service) SetProviders(list []Provider) {
	if !s.take(list) {
		return
	}
	s.changed()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// current are the providers as they stand.
func (s *Service) current() []Provider {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.providers
}

// kept is what the store has of p; nothing where that cannot be read, since it can be fetched anew.
func kept(o Options, p Provider) *record {
	if _, computed := p.(Computed); computed || o.Store == nil {
		return &record{}
	}
	r := &record{}
	raw, err := o.Store.Get(p.Key())
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, r)
	}
	if err != nil {
		o.Log.Error("a kept calendar cannot be read; it is fetched anew", "calendar", p.Key(), "error", err)
		return &record{}
	}
	return r
}

// OnChange registers a function that is called after a calendar was read and when a session begins or ends.
func (s *Service) OnChange(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = append(s.onChange, f)
}

func (s *Service) changed() {
	s.mu.Lock()
	all := slices.Clone(s.onChange)
	s.mu.Unlock()
	for _, f := range all {
		f()
	}
}

// Refresh reads every calendar now, side by side, and returns when all are done. One that fails keeps what it had;
// why it failed stands in Calendar's Error.
func (s *Service) Refresh(ctx context.Context) {
	s.refresh(ctx, func(*record) bool { return true })
	s.changed() // who asked is answered, even where all calendars are computed
}

func (s *Service) refresh(ctx context.Context, due func(*record) bool) {
	var wg sync.WaitGroup
	for _, p := range s.current() {
		if _, computed := p.(Computed); computed {
			continue
		}
		s.mu.Lock()
		want := due(s.records[p.Key()])
		s.mu.Unlock()
		if want {
			wg.Go(func() { s.read(ctx, p) })
		}
	}
	wg.Wait()
}

// read reads one calendar and keeps it. Where a calendar is usable but for some entries, the rest counts, and the
// error says what is missing.
func (s *Service) read(ctx context.Context, p Provider) {
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	now := s.o.Now().UTC()
	events, err := guarded(limited, p, now)
	if ctx.Err() != nil {
		return // the program ends; that says nothing about the calendar
	}
	s.mu.Lock()
	r := s.records[p.Key()]
	r.triedAt, r.err = now, err
	var raw []byte
	var failed error
	if len(events) > 0 {
		r.Events, r.FetchedAt = events, now
		raw, failed = json.Marshal(r)
	}
	s.mu.Unlock()
	if err != nil {
		s.o.Log.Warn("a calendar cannot be read in full", "calendar", p.Key(), "events", len(events), "error", stream.RedactText(err.Error()))
	}
	if len(events) > 0 && s.o.Store != nil {
		if failed == nil {
			failed = s.o.Store.Put(p.Key(), raw)
		}
		if failed != nil {
			s.o.Log.Error("a calendar cannot be kept", "calendar", p.Key(), "error", failed)
		}
	}
	s.changed()
}

// guarded takes a provider's panic for an error: what it reads is foreign.
func guarded(ctx context.Context, p Provider, now time.Time) (events []Event, err error) {
	defer func() {
		if r := recover(); r != nil {
			events, err = nil, fmt.Errorf("the calendar cannot be read (a bug of Gridwall): %v", r)
		}
	}()
	events, err = p.Events(ctx, now)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", readTimeout)
	}
	return events, err
}

// events is what p knows. The caller holds mu.
func (s *Service) events(p Provider, now time.Time) []Event {
	if c, ok := p.(Computed); ok {
		return c.EventsAt(now)
	}
	return s.records[p.Key()].Events
}

// Calendar returns all events, sorted by their first session, with the statuses that hold at now. Its
// lists are the caller's own.
func (s *Service) Calendar(now time.Time) Calendar {
	s.mu.Lock()
	defer s.mu.Unlock()
	now = now.UTC()
	c := Calendar{Events: []Event{}}
	var problems []string
	seen := map[string]bool{}
	var oldest time.Time
	never := false
	for _, p := range s.providers {
		r := s.records[p.Key()]
		at := r.FetchedAt
		if _, computed := p.(Computed); computed {
			at = now
		}
		switch {
		case at.IsZero():
			never = true
		case oldest.IsZero() || at.Before(oldest):
			oldest = at
		}
		if r.err != nil {
			problems = append(problems, p.Key()+": "+stream.RedactText(r.err.Error()))
		}
		for _, e := range s.events(p, now) {
			if seen[e.ID] {
				continue
			}
			seen[e.ID] = true
			e.Sessions = append([]Session{}, e.Sessions...)
			for i := range e.Sessions {
				e.Sessions[i].Status = e.Sessions[i].statusAt(now)
			}
			c.Events = append(c.Events, e)
		}
	}
	sortEvents(c.Events)
	if !never && !oldest.IsZero() {
		c.FetchedAt = &oldest
	}
	c.Stale = never || (!oldest.IsZero() && now.Sub(oldest) > staleAfter)
	c.Error = strings.Join(problems, "; ")
	return c
}

// Live tells whether any session is live at now.
func (s *Service) Live(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.providers {
		for _, e := range s.events(p, now) {
			for i := range e.Sessions {
				if e.Sessions[i].statusAt(now) == Live {
					return true
				}
			}
		}
	}
	return false
}

// Run reads calendars that are missing or a day old, and tells of sessions that begin and end, until ctx is done.
func (s *Service) Run(ctx context.Context) {
	last, _ := s.outlook(s.o.Now())
	for {
		s.refresh(ctx, func(r *record) bool { return !s.o.Now().Before(r.due()) })
		state, next := s.outlook(s.o.Now())
		if state != last {
			last = state
			s.changed()
		}
		nap := time.NewTimer(min(longestNap, max(next.Sub(s.o.Now()), time.Millisecond)))
		select {
		case <-ctx.Done():
			nap.Stop()
			return
		case <-nap.C:
		case <-s.wake:
			nap.Stop()
		}
	}
}

// due is when the calendar is to be read next.
func (r *record) due() time.Time {
	if r.err != nil {
		return r.triedAt.Add(retryAfter)
	}
	return r.FetchedAt.Add(refreshEvery)
}

// outlook describes the statuses of all sessions at now, and tells when one changes next (or now plus longestNap).
func (s *Service) outlook(now time.Time) (state string, next time.Time) {
	var b strings.Builder
	next = now.Add(longestNap)
	for _, e := range s.Calendar(now).Events {
		b.WriteString(e.ID)
		for _, x := range e.Sessions {
			b.WriteByte(x.Status[0])
			for _, at := range []*time.Time{x.Start, x.End} {
				if at != nil && at.After(now) && at.Before(next) {
					next = *at
				}
			}
		}
	}
	return b.String(), next
}
