package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gridwall/backend/season"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// given is a provider whose events a test sets.
type given struct {
	key   string
	mu    sync.Mutex
	out   []season.Event
	err   error
	reads atomic.Int32
}

func (g *given) Key() string { return g.key }

func (g *given) Events(context.Context, time.Time) ([]season.Event, error) {
	g.reads.Add(1)
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.out, g.err
}

func (g *given) say(out []season.Event, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.out, g.err = out, err
}

type memory struct {
	mu   sync.Mutex
	kept map[string][]byte
	fail error
}

func (m *memory) Get(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[key], m.fail
}

func (m *memory) Put(key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string][]byte{}
	}
	m.kept[key] = value
	return m.fail
}

var saturday = time.Date(2026, 5, 23, 14, 0, 0, 0, time.UTC)

// meeting returns an event with one race of two hours.
func meeting(id string, start time.Time) season.Event {
	s, err := season.NewSession(season.Race, "Race", start, 0)
	if err != nil {
		panic(err)
	}
	return season.Event{ID: id, Series: "f1", Name: id, Sessions: []season.Session{s}}
}

func TestASessionIsLiveFromItsStartToItsEnd(t *testing.T) {
	cancelled := meeting("x", saturday).Sessions[0]
	cancelled.Status = season.Cancelled
	untimed, err := season.NewDatedSession(season.Race, "Race", "2026-05-23")
	require.NoError(t, err)
	for _, tc := range []struct {
		session season.Session
		at      time.Time
		want    season.Status
	}{
		{meeting("x", saturday).Sessions[0], saturday.Add(-time.Nanosecond), season.Upcoming},
		{meeting("x", saturday).Sessions[0], saturday, season.Live},
		{meeting("x", saturday).Sessions[0], saturday.Add(2*time.Hour - time.Nanosecond), season.Live},
		{meeting("x", saturday).Sessions[0], saturday.Add(2 * time.Hour), season.Past},
		{cancelled, saturday, season.Cancelled},
		{untimed, saturday.Add(-14*time.Hour - time.Second), season.Upcoming},
		{untimed, saturday, season.Upcoming},
		{untimed, saturday.Add(10 * time.Hour), season.Past},
	} {
		assert.Equal(t, tc.want, tc.session.StatusAt(tc.at), "%v at %v", tc.session, tc.at)
	}
}

func TestSeveralCalendarsAreMergedInOrderOfTime(t *testing.T) {
	later, err := season.NewDatedSession(season.Race, "Race", "2026-05-30")
	require.NoError(t, err)
	one := &given{key: "one", out: []season.Event{meeting("c", saturday.Add(96*time.Hour)), meeting("a", saturday)}}
	two := &given{key: "two", out: []season.Event{meeting("b", saturday.Add(24*time.Hour)), meeting("a", saturday.Add(time.Hour)), {ID: "d", Name: "d", Sessions: []season.Session{later}}}}
	s := New(Options{Providers: []Provider{one, two, &given{key: "two", out: []season.Event{meeting("z", saturday)}}}, Now: func() time.Time { return saturday }})
	s.Refresh(t.Context())
	c := s.Calendar(saturday)
	var ids []string
	for _, e := range c.Events {
		ids = append(ids, e.ID)
	}
	assert.Equal(t, []string{"a", "b", "c", "d"}, ids)
	assert.Equal(t, saturday, *c.Events[0].Sessions[0].Start, "the first calendar decides")
	assert.Equal(t, season.Live, c.Events[0].Sessions[0].Status)
	assert.True(t, s.Live(saturday))
	assert.False(t, s.Live(saturday.Add(3*time.Hour)))
	c.Events[0].Sessions[0].Name = "mine"
	assert.Equal(t, "Race", s.Calendar(saturday).Events[0].Sessions[0].Name, "a caller's changes do not affect the service")
}

func TestACalendarThatFailsKeepsItsEvents(t *testing.T) {
	now := saturday
	p, db := &given{key: "one", out: []season.Event{meeting("a", saturday)}}, &memory{}
	options := Options{Providers: []Provider{p}, Store: db, Now: func() time.Time { return now }}
	s := New(options)
	c := s.Calendar(now)
	assert.Equal(t, Calendar{Events: []season.Event{}, Stale: true}, c, "nothing was read yet")
	s.Refresh(t.Context())
	c = s.Calendar(now)
	assert.Equal(t, saturday, *c.FetchedAt)
	assert.False(t, c.Stale)
	assert.Empty(t, c.Error)

	now = now.Add(25 * time.Hour)
	p.say(nil, errors.New(`Get "https://calendar.test/feed.ics?key=s3cret": refused`))
	for range 2 { // the second time from the store, as after a restart
		s.Refresh(t.Context())
		c = s.Calendar(now)
		require.Len(t, c.Events, 1)
		assert.Equal(t, saturday, *c.FetchedAt)
		assert.True(t, c.Stale)
		assert.Equal(t, `one: Get "https://calendar.test/feed.ics?…": refused`, c.Error)
		s = New(options)
	}

	p.say([]season.Event{meeting("b", saturday)}, errors.New("1 entry left out"))
	s.Refresh(t.Context())
	c = s.Calendar(now)
	assert.Equal(t, "b", c.Events[0].ID, "the readable part is used")
	assert.Equal(t, "one: 1 entry left out", c.Error)
	assert.False(t, c.Stale)
}

func TestADamagedStoreOnlyCausesAnotherFetch(t *testing.T) {
	for _, db := range []*memory{{kept: map[string][]byte{"one": []byte("{")}}, {fail: errors.New("disk")}} {
		s := New(Options{Providers: []Provider{&given{key: "one", out: []season.Event{meeting("a", saturday)}}}, Store: db})
		assert.Empty(t, s.Calendar(saturday).Events)
		s.Refresh(t.Context())
		assert.Len(t, s.Calendar(saturday).Events, 1)
	}
}

type bomb struct{ given }

func (*bomb) Events(context.Context, time.Time) ([]season.Event, error) { panic("boom") }

func TestAPanicInOneCalendarIsReportedAsItsError(t *testing.T) {
	s := New(Options{Providers: []Provider{&bomb{given{key: "bomb"}}, &given{key: "one", out: []season.Event{meeting("a", saturday)}}}})
	s.Refresh(t.Context())
	c := s.Calendar(saturday)
	assert.Len(t, c.Events, 1)
	assert.Contains(t, c.Error, "bomb: the calendar cannot be read")
}

func TestAbsentTimesAreNull(t *testing.T) {
	untimed, err := season.NewDatedSession(season.Race, "Race", "2026-05-23")
	require.NoError(t, err)
	s := New(Options{Providers: []Provider{&given{key: "one", out: []season.Event{{ID: "a", Name: "a", Sessions: []season.Session{untimed}}}}}})
	out, err := json.Marshal(s.Calendar(saturday))
	require.NoError(t, err)
	assert.JSONEq(t, `{"events":[],"fetched_at":null,"stale":true,"error":""}`, string(out))
	s.o.Now = func() time.Time { return saturday }
	s.Refresh(t.Context())
	out, err = json.Marshal(s.Calendar(saturday))
	require.NoError(t, err)
	assert.JSONEq(t, `{"events":[{"id":"a","series":"","season":"","round":0,"name":"a","circuit":"","locality":"","country":"",
		"sessions":[{"type":"race","name":"Race","start":null,"end":null,"date":"2026-05-23","status":"upcoming"}]}],
		"fetched_at":"2026-05-23T14:00:00Z","stale":false,"error":""}`, string(out))
}

func TestCalendarsAreReadDailyAndFailedOnesSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good, bad := &given{key: "good", out: []season.Event{meeting("a", time.Now().Add(-72*time.Hour))}}, &given{key: "bad", err: errors.New("off")}
		s := New(Options{Providers: []Provider{good, bad}, Store: &memory{}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.Run(ctx) }()
		synctest.Wait()
		assert.Equal(t, int32(1), good.reads.Load())
		time.Sleep(22 * time.Hour)
		assert.Equal(t, int32(1), good.reads.Load())
		assert.InDelta(t, 22*4, int(bad.reads.Load()), 8, "every quarter of an hour")
		time.Sleep(2 * time.Hour)
		assert.Equal(t, int32(2), good.reads.Load())
		cancel()
		<-done
	})
}

// A server that is asked too often may block the user, and the season becomes outdated.
func TestACalendarWhoseServerNamesATimeIsNotReadBefore(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{time.Hour: time.Hour, time.Minute: retryAfter, 24 * time.Hour: 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			p := &given{key: "one", err: fmt.Errorf("wrapped: %w", &season.BusyError{Err: errors.New("https://a.test/?token=s3cret answers 429"), RetryAfter: asked})}
			db := &memory{}
			var service *Service
			run := func(d time.Duration) (reads int32) { // in a new process each time
				before := p.reads.Load()
				service = New(Options{Providers: []Provider{p}, Store: db})
				ctx, cancel := context.WithTimeout(t.Context(), d)
				defer cancel()
				service.Run(ctx)
				return p.reads.Load() - before
			}
			assert.EqualValues(t, 1, run(want-time.Second), asked)
			state := service.States(time.Now())[0]
			assert.Contains(t, state.Error, "answers 429")
			assert.NotContains(t, string(db.kept["one"]), "s3cret")
			if asked < retryAfter {
				return // a pause that is over is not stored
			}
			assert.Zero(t, run(time.Nanosecond), "a restart does not end the pause")
			assert.Contains(t, service.States(time.Now())[0].Error, "answers 429", "and the reason is still known")
			service.Refresh(t.Context())
			assert.EqualValues(t, 2, p.reads.Load(), "the user is obeyed at once")

			p.say([]season.Event{meeting("a", time.Now())}, nil)
			assert.EqualValues(t, 0, run(want-time.Second))
			assert.EqualValues(t, 1, run(time.Minute+2*time.Second))
			assert.Empty(t, service.States(time.Now())[0].Error)
			assert.EqualValues(t, 0, run(time.Hour))
		})
	}
}

func TestAPauseStoredUnderAWrongClockIsForgotten(t *testing.T) {
	db := &memory{}
	p := &given{key: "one", err: &season.BusyError{Err: errors.New("429"), RetryAfter: time.Hour}}
	now := saturday.AddDate(5, 0, 0)
	options := Options{Providers: []Provider{p}, Store: db, Now: func() time.Time { return now }}
	New(options).Refresh(t.Context())
	now = saturday
	s := New(options)
	assert.False(t, now.Before(s.records["one"].due()))
	assert.Empty(t, s.States(now)[0].Error)
}

func TestClientsAreNotifiedWhenASessionBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().Add(90*time.Minute + 7*time.Second).Truncate(time.Second)
		s := New(Options{Providers: []Provider{&given{key: "one", out: []season.Event{meeting("a", start)}}}})
		var notified []time.Duration
		s.OnChange(func() { notified = append(notified, time.Since(start)) })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.Run(ctx) }()
		time.Sleep(5 * time.Hour)
		cancel()
		<-done
		require.Len(t, notified, 4, "read, its events known, begun, ended")
		assert.Equal(t, []time.Duration{0, 2 * time.Hour}, notified[2:])
	})
}

func TestTheDemoAlwaysHasALiveAPastAndUpcomingSessions(t *testing.T) {
	s := New(Options{Providers: []Provider{Demo()}})
	start := time.Date(2026, 11, 23, 9, 59, 59, 0, time.UTC)
	ids := map[string]time.Time{}
	for minute := range 60 * 24 * 3 {
		now := start.Add(time.Duration(minute) * time.Minute)
		c := s.Calendar(now)
		count := map[season.Status]int{}
		var over time.Time
		for _, e := range c.Events {
			for _, x := range e.Sessions {
				count[x.Status]++
				if x.Status == season.Past {
					over = *x.End
				}
				key := e.ID + string(x.Type)
				if was, ok := ids[key]; ok {
					require.Equal(t, was, *x.Start, "a session keeps its time")
				}
				ids[key] = *x.Start
			}
		}
		require.Equal(t, 1, count[season.Live])
		require.Positive(t, count[season.Past])
		require.GreaterOrEqual(t, count[season.Upcoming], 15)
		require.Less(t, now.Sub(over), time.Hour, "one is just over")
		require.False(t, c.Stale)
		require.Empty(t, c.Error)
		require.True(t, s.Live(now))
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAnAddedCalendarIsReadAtOnceAndARemovedOneDisappears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := &given{key: "one", out: []season.Event{meeting("a", saturday)}}, &given{key: "two", out: []season.Event{meeting("b", saturday.Add(96*time.Hour))}}
		s := New(Options{Providers: []Provider{one}, Store: &memory{}})
		var notified atomic.Int32
		s.OnChange(func() { notified.Add(1) })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.Run(ctx) }()
		synctest.Wait()
		ids := func() (out []string) {
			for _, e := range s.Calendar(saturday).Events {
				out = append(out, e.ID)
			}
			return out
		}
		assert.Equal(t, []string{"a"}, ids())

		before := notified.Load()
		s.SetProviders([]Provider{one, two, two})
		synctest.Wait()
		assert.ElementsMatch(t, []string{"a", "b"}, ids(), "without waiting for the next check")
		assert.Greater(t, notified.Load(), before)
		assert.Equal(t, int32(1), one.reads.Load(), "the other calendar is not read again")

		before = notified.Load()
		s.SetProviders([]Provider{one, two})
		synctest.Wait()
		assert.Equal(t, before, notified.Load(), "an unchanged list causes no notification")

		s.SetProviders([]Provider{one})
		assert.Equal(t, []string{"a"}, ids())
		assert.Greater(t, notified.Load(), before)
		s.SetProviders([]Provider{one, two})
		assert.ElementsMatch(t, []string{"a", "b"}, ids(), "its events are still known")
		s.SetProviders(nil)
		assert.Empty(t, ids())
		assert.False(t, s.Live(saturday))
		cancel()
		<-done
	})
}

func TestACalendarReadInPartIsNotReadAgainForHours(t *testing.T) {
	now := saturday
	p := &given{key: "one", out: []season.Event{meeting("a", saturday)}, err: season.ErrFormat}
	s := New(Options{Providers: []Provider{p}, Now: func() time.Time { return now }})
	due := func() bool { return !now.Before(s.records["one"].due()) }
	s.Refresh(t.Context())
	now = now.Add(retryPartAfter - time.Second)
	assert.False(t, due(), "a partly readable calendar is retried later")
	now = now.Add(time.Second)
	assert.True(t, due())
	p.say(nil, season.ErrFormat)
	s.Refresh(t.Context())
	now = now.Add(retryAfter)
	assert.True(t, due(), "one that cannot be read at all is tried again soon")
}
