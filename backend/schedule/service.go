package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/season"
	"gridwall/backend/stream"
)

const (
	// staleAfter is how old a calendar may be before it is called stale.
	staleAfter = 24 * time.Hour
	// refreshEvery is how often a calendar is read: daily, and an hour before it would be stale.
	refreshEvery = 23 * time.Hour
	// retryAfter is how long a calendar that could not be read is left alone.
	retryAfter = 15 * time.Minute
	// retryPartAfter is the same for one that was read in part: what is missing may be there soon, and may as well never be.
	retryPartAfter = 4 * time.Hour
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
	// Moving looks at a session's feeds; nil: every session ends when it was planned to.
	Moving Moving
	// Now is the wall clock; nil is the machine's.
	Now func() time.Time
}

// record is what is known of one calendar.
type record struct {
	Events    []season.Event `json:"events"`
	FetchedAt time.Time      `json:"fetched_at"`
	// Gone are events that the calendar does not list any more; their ids go to no others.
	Gone []season.Event `json:"gone,omitempty"`

	err      error
	triedAt  time.Time
	wanted   bool // to be read although it is not due
	revision int  // grows with each reading that brought something
}

// Service knows the sessions. It is safe for use by many.
type Service struct {
	o    Options       // Providers apart, which are below
	wake chan struct{} // calendars came: read what is due
	turn chan struct{} // statuses may have changed

	mu        sync.Mutex
	providers []Provider // replaced, never changed in place
	looks     map[string]Look
	records   map[string]*record
	joined    []season.Event // what merge made of joinedOf
	joinedOf  string
	overrides Overrides
	moving    map[string]time.Time // when feeds of a session moved last, by sessionKey; replaced, never changed in place
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
	s := &Service{o: o, wake: make(chan struct{}, 1), turn: make(chan struct{}, 1), records: map[string]*record{}}
	s.take(o.Providers)
	s.o.Providers = nil
	s.recallOverTime()
	return s
}

// take makes list the providers, and reports whether that made a difference.
func (s *Service) take(list []Provider) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next []Provider
	seen := map[string]bool{}
	looks := map[string]Look{}
	for _, p := range list {
		p, look := unwrap(p)
		if seen[p.Key()] {
			continue
		}
		seen[p.Key()] = true
		next = append(next, p)
		looks[p.Key()] = look
		if s.records[p.Key()] == nil {
			s.records[p.Key()] = kept(s.o, p)
		}
	}
	same := maps.Equal(s.looks, looks) && slices.EqualFunc(s.providers, next, func(a, b Provider) bool { return a.Key() == b.Key() })
	s.providers, s.looks = next, looks
	return !same
}

// SetProviders replaces the calendars. What was read of one that goes is kept for when it comes back; one that is new
// is read by Run at once.
func (s *Service) SetProviders(list []Provider) {
	if !s.take(list) {
		return
	}
	s.changed()
	wakeUp(s.wake)
	s.poke()
}

// current are the providers as they stand.
func (s *Service) current() []Provider {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.providers
}

// kept is what the store has of p; nothing where that cannot be read, since it can be fetched again.
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
	s.mu.Lock()
	s.records[p.Key()].wanted = false
	s.mu.Unlock()
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
		events = cloneEvents(events)
		r.Gone = keepIDs(r.Events, r.Gone, events, now)
		noteMoves(r.Events, events, now)
		r.Events, r.FetchedAt = events, now
		r.revision++
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
	s.poke()
}

// cloneEvents copies events so far as they are changed here.
func cloneEvents(events []season.Event) []season.Event {
	out := slices.Clone(events)
	for i := range out {
		out[i].Sessions = slices.Clone(out[i].Sessions)
	}
	return out
}

// Read reads a calendar once, for who keeps nothing.
func Read(ctx context.Context, p Provider, now time.Time) ([]season.Event, error) {
	if c, ok := p.(Computed); ok {
		return c.EventsAt(now), nil
	}
	return guarded(ctx, p, now.UTC())
}

// Reread reads one calendar now, in the background of Run.
func (s *Service) Reread(key string) {
	s.mu.Lock()
	if r := s.records[key]; r != nil {
		r.wanted = true
	}
	s.mu.Unlock()
	wakeUp(s.wake)
}

// guarded takes a provider's panic for an error: what it reads is foreign.
func guarded(ctx context.Context, p Provider, now time.Time) (events []season.Event, err error) {
	defer func() {
		if r := recover(); r != nil {
			events, err = nil, fmt.Errorf("the calendar cannot be read (a bug of Gridwall): %v", r)
		}
	}()
	events, err = p.Events(ctx, now)
	for i := range events {
		markDoubts(&events[i])
	}
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", readTimeout)
	}
	return events, err
}

// Run reads calendars that are missing or a day old, looks whether sessions go on over time, and tells of those that
// begin and end, until ctx is done. A calendar that does not answer holds up nothing else.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	if s.o.Moving != nil {
		wg.Go(func() { s.askOn(ctx) })
	}
	wg.Go(func() { s.readOn(ctx) })
	last, next := s.outlook(s.o.Now())
	for {
		if !pause(ctx, next.Sub(s.o.Now()), s.turn) {
			return
		}
		var state string
		if state, next = s.outlook(s.o.Now()); state != last {
			last = state
			s.changed()
		}
	}
}

// readOn reads calendars whenever they are due.
func (s *Service) readOn(ctx context.Context) {
	for {
		s.refresh(ctx, func(r *record) bool { return !s.o.Now().Before(r.due()) })
		if !pause(ctx, longestNap, s.wake) {
			return
		}
	}
}

// pause waits for d, longestNap at most, or until it is woken; false when ctx is done.
func pause(ctx context.Context, d time.Duration, woken <-chan struct{}) bool {
	nap := time.NewTimer(min(longestNap, max(d, time.Millisecond)))
	defer nap.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-nap.C:
	case <-woken:
	}
	return true
}

// poke lets Run look at the statuses again.
func (s *Service) poke() { wakeUp(s.turn) }

func wakeUp(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// due is when the calendar is to be read next.
func (r *record) due() time.Time {
	if r.wanted {
		return time.Time{}
	}
	switch {
	case r.err != nil && r.FetchedAt.Equal(r.triedAt):
		return r.triedAt.Add(retryPartAfter)
	case r.err != nil:
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
			if x.OverTime {
				b.WriteByte('+')
			}
			for _, at := range []*time.Time{x.Start, x.End} {
				if at != nil && at.After(now) && at.Before(next) {
					next = *at
				}
			}
		}
	}
	return b.String(), next
}
