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
	// staleAfter is the age at which a calendar is reported as stale.
	staleAfter = 24 * time.Hour
	// refreshEvery is how often a calendar is read: daily, an hour before it would be stale.
	refreshEvery = 23 * time.Hour
	// retryAfter is the pause after a calendar could not be read.
	retryAfter = 15 * time.Minute
	// retryPartAfter is the same for one that was read in part: the rest may appear soon, or never.
	retryPartAfter = 4 * time.Hour
	// longestBusy is the longest pause that a server can ask for, and somewhat more.
	longestBusy = 25 * time.Hour
	// readTimeout limits one reading of one calendar.
	readTimeout = time.Minute
	// longestNap limits how long Run sleeps, and so how late it is after the machine slept.
	longestNap = time.Minute
)

// Options configures a Service. Providers may be empty; without Store nothing is stored.
type Options struct {
	Providers []Provider
	Store     Store
	Log       *slog.Logger
	// StillOn checks the streams of a session; nil: every session ends as planned.
	StillOn StillOn
	// Now is the wall clock; nil is the machine's.
	Now func() time.Time
}

// record is the state of one calendar.
type record struct {
	Events    []season.Event `json:"events"`
	FetchedAt time.Time      `json:"fetched_at"`
	// Gone are events that the calendar no longer lists; their ids are not reused.
	Gone []season.Event `json:"gone,omitempty"`
	// Busy is set while the calendar's server is not to be asked again.
	Busy *busy `json:"busy,omitempty"`

	err      error
	triedAt  time.Time
	wanted   bool // to be read before it is due
	revision int  // incremented by each successful reading
}

// busy is the answer of a server that says when to ask again.
type busy struct {
	Until time.Time `json:"until"`
	// Error is redacted.
	Error string `json:"error"`
}

// Service holds the merged calendar and keeps it current. It is safe for concurrent use.
type Service struct {
	o               Options       // without Providers, which are below
	readDue         chan struct{} // wakes readLoop
	recheckStatuses chan struct{} // wakes Run

	mu           sync.Mutex
	providers    []Provider // replaced, never changed in place
	styles       map[string]Style
	records      map[string]*record
	joined       []season.Event // the cached merge of joinedOf
	joinedOf     string
	overrides    Overrides
	lastProgress map[string]time.Time // when streams of a session last advanced, by sessionKey; replaced, never changed in place
	onChange     []func()
}

// New returns a service with what the store has of its calendars. Of two providers with one key the first is used.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Service{o: o, readDue: make(chan struct{}, 1), recheckStatuses: make(chan struct{}, 1), records: map[string]*record{}}
	s.setProviders(o.Providers)
	s.o.Providers = nil
	s.loadOverTime()
	return s
}

// setProviders replaces the providers, and reports whether anything changed.
func (s *Service) setProviders(list []Provider) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next []Provider
	seen := map[string]bool{}
	styles := map[string]Style{}
	for _, p := range list {
		p, style := unwrap(p)
		if seen[p.Key()] {
			continue
		}
		seen[p.Key()] = true
		next = append(next, p)
		styles[p.Key()] = style
		if s.records[p.Key()] == nil {
			s.records[p.Key()] = loadRecord(s.o, p)
		}
	}
	same := maps.Equal(s.styles, styles) && slices.EqualFunc(s.providers, next, func(a, b Provider) bool { return a.Key() == b.Key() })
	s.providers, s.styles = next, styles
	return !same
}

// SetProviders replaces the calendars. The record of a calendar that is removed is kept in case it returns; a new one is read
// by Run at once.
func (s *Service) SetProviders(list []Provider) {
	if !s.setProviders(list) {
		return
	}
	s.changed()
	wakeUp(s.readDue)
	s.recheck()
}

// current returns the providers.
func (s *Service) current() []Provider {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.providers
}

// loadRecord returns the stored record of p; an empty one if it cannot be read, because the calendar can be fetched again.
func loadRecord(o Options, p Provider) *record {
	if _, computed := p.(Computed); computed || o.Store == nil {
		return &record{}
	}
	r := &record{}
	raw, err := o.Store.Get(p.Key())
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, r)
	}
	if err != nil {
		o.Log.Error("cannot read a stored calendar; it will be fetched again", "calendar", p.Key(), "error", err)
		return &record{}
	}
	switch now := o.Now(); {
	case r.Busy == nil:
	case r.Busy.Until.After(now) && r.Busy.Until.Before(now.Add(longestBusy)):
		r.err = errors.New(r.Busy.Error)
	default: // over, or stored under a wrong clock
		r.Busy = nil
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

// Refresh reads every calendar now, concurrently, and returns when all are done. A calendar that fails keeps its events;
// Calendar reports the error.
func (s *Service) Refresh(ctx context.Context) {
	s.refresh(ctx, func(*record) bool { return true })
	s.changed() // subscribers are notified even if all calendars are computed
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

// read reads one calendar and stores it. If some entries are unusable, the rest is used, and the error says what is missing.
func (s *Service) read(ctx context.Context, p Provider) {
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	now := s.o.Now().UTC()
	s.mu.Lock()
	s.records[p.Key()].wanted = false
	s.mu.Unlock()
	events, err := readSafely(limited, p, now)
	if ctx.Err() != nil {
		return // the program is ending; the error is not the calendar's
	}
	s.mu.Lock()
	r := s.records[p.Key()]
	r.triedAt, r.err = now, err
	wasBusy := r.Busy != nil
	r.Busy = busyUntil(err, s.o.Now().UTC())
	var raw []byte
	var failed error
	if len(events) > 0 {
		events = cloneEvents(events)
		r.Gone = keepIDs(r.Events, r.Gone, events, now)
		markMoved(r.Events, events, now)
		r.Events, r.FetchedAt = events, now
		r.revision++
	}
	store := s.o.Store != nil && (len(events) > 0 || wasBusy || r.Busy != nil)
	if store {
		raw, failed = json.Marshal(r)
	}
	s.mu.Unlock()
	if err != nil {
		s.o.Log.Warn("cannot read a calendar completely", "calendar", p.Key(), "events", len(events), "error", stream.RedactText(err.Error()))
	}
	if store {
		if failed == nil {
			failed = s.o.Store.Put(p.Key(), raw)
		}
		if failed != nil {
			s.o.Log.Error("cannot save a calendar", "calendar", p.Key(), "error", failed)
		}
	}
	s.changed()
	s.recheck()
}

// busyUntil returns the time that err asks to wait for, from now; nil if it asks for none.
func busyUntil(err error, now time.Time) *busy {
	var e *season.BusyError
	if !errors.As(err, &e) {
		return nil
	}
	return &busy{Until: now.Add(e.RetryAfter), Error: stream.RedactText(e.Error())}
}

// cloneEvents copies events and their sessions.
func cloneEvents(events []season.Event) []season.Event {
	out := slices.Clone(events)
	for i := range out {
		out[i].Sessions = slices.Clone(out[i].Sessions)
	}
	return out
}

// Read reads a calendar once and stores nothing.
func Read(ctx context.Context, p Provider, now time.Time) ([]season.Event, error) {
	if c, ok := p.(Computed); ok {
		return c.EventsAt(now), nil
	}
	return readSafely(ctx, p, now.UTC())
}

// Reread makes Run read one calendar now.
func (s *Service) Reread(key string) {
	s.mu.Lock()
	if r := s.records[key]; r != nil {
		r.wanted = true
	}
	s.mu.Unlock()
	wakeUp(s.readDue)
}

// readSafely reads a calendar and returns a panic as an error: its content is not trusted.
func readSafely(ctx context.Context, p Provider, now time.Time) (events []season.Event, err error) {
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

// Run reads calendars that are missing or a day old, checks whether sessions are over time, and notifies subscribers when
// sessions begin and end, until ctx is done. A calendar that does not answer delays nothing else.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	if s.o.StillOn != nil {
		wg.Go(func() { s.checkProgressLoop(ctx) })
	}
	wg.Go(func() { s.readLoop(ctx) })
	last, next := s.nextChange(s.o.Now())
	for {
		if !pause(ctx, next.Sub(s.o.Now()), s.recheckStatuses) {
			return
		}
		var state string
		if state, next = s.nextChange(s.o.Now()); state != last {
			last = state
			s.changed()
		}
	}
}

// readLoop reads calendars whenever they are due.
func (s *Service) readLoop(ctx context.Context) {
	for {
		s.refresh(ctx, func(r *record) bool { return !s.o.Now().Before(r.due()) })
		if !pause(ctx, longestNap, s.readDue) {
			return
		}
	}
}

// pause waits for d, at most longestNap, or until it is woken. It returns false when ctx is done.
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

// recheck makes Run compute the statuses again.
func (s *Service) recheck() { wakeUp(s.recheckStatuses) }

func wakeUp(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// due returns when the calendar is to be read next.
func (r *record) due() time.Time {
	var at time.Time
	switch {
	case r.wanted:
		return at
	case r.err == nil:
		at = r.FetchedAt.Add(refreshEvery)
	case r.FetchedAt.Equal(r.triedAt):
		at = r.triedAt.Add(retryPartAfter)
	default:
		at = r.triedAt.Add(retryAfter)
	}
	if r.Busy != nil && r.Busy.Until.After(at) {
		return r.Busy.Until
	}
	return at
}

// nextChange describes the statuses of all sessions at now, and returns when one changes next, at most longestNap from now.
func (s *Service) nextChange(now time.Time) (state string, next time.Time) {
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
