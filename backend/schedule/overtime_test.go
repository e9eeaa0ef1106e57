package schedule

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gridwall/backend/season"

	"github.com/stretchr/testify/assert"
)

// evening is a service with one race, whose streams run until a test stops them.
type evening struct {
	*Service
	start    time.Time
	moving   atomic.Bool
	asked    atomic.Int32
	notified atomic.Int32
	stop     func()
}

func anEvening(t *testing.T, db Store, start time.Time, more ...season.Event) *evening {
	e := &evening{start: start}
	e.moving.Store(true)
	e.Service = New(Options{
		Providers: []Provider{&given{key: "one", out: append([]season.Event{race("a", "f1", "Moor", start)}, more...)}}, Store: db,
		StillOn: func(_ context.Context, ev season.Event, s season.Session) bool {
			assert.Equal(t, []string{"a", "Race"}, []string{ev.ID, s.Name})
			e.asked.Add(1)
			return e.moving.Load()
		},
	})
	e.OnChange(func() { e.notified.Add(1) })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); e.Run(ctx) }()
	e.stop = func() { cancel(); <-done }
	synctest.Wait()
	return e
}

func (e *evening) race() season.Session {
	for _, x := range e.Calendar(time.Now()).Events {
		if x.ID == "a" {
			return x.Sessions[0]
		}
	}
	return season.Session{}
}

// at sleeps until a time after the race's planned end.
func (e *evening) at(after time.Duration) {
	time.Sleep(time.Until(e.start.Add(2 * time.Hour).Add(after)))
	synctest.Wait()
}

func TestARaceIsLiveAsLongAsItsStreamsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := anEvening(t, &memory{}, time.Now().Add(time.Hour))
		defer e.stop()
		e.at(-3 * time.Minute)
		assert.Zero(t, e.asked.Load(), "there is no check before it matters")
		assert.False(t, e.race().OverTime)
		e.at(-time.Minute)
		assert.True(t, e.race().OverTime, "the session is marked as over time before its planned end")
		for _, minutes := range []time.Duration{0, 1, 30, 90} {
			e.at(minutes * time.Minute)
			assert.Equal(t, season.Live, e.race().Status, "%d minutes over", minutes)
			assert.True(t, e.Live(time.Now()))
		}
		e.moving.Store(false)
		e.at(91 * time.Minute)
		assert.Equal(t, season.Live, e.race().Status, "a short standstill ends nothing")
		before := e.notified.Load()
		e.at(94 * time.Minute)
		assert.Equal(t, season.Past, e.race().Status)
		assert.False(t, e.race().OverTime)
		assert.False(t, e.Live(time.Now()))
		assert.Greater(t, e.notified.Load(), before, "clients are notified of its end")
		e.moving.Store(true)
		e.at(100 * time.Minute)
		assert.Equal(t, season.Past, e.race().Status, "a session that has ended stays so: the channel shows something else")
	})
}

func TestAChannelThatNeverEndsKeepsARaceLiveForThreeHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := anEvening(t, nil, time.Now().Add(time.Hour))
		defer e.stop()
		e.at(3*time.Hour - time.Minute)
		assert.Equal(t, season.Live, e.race().Status)
		e.at(3 * time.Hour)
		assert.Equal(t, season.Past, e.race().Status)
		asked := e.asked.Load()
		e.at(4 * time.Hour)
		assert.Equal(t, asked, e.asked.Load(), "there are no more checks")
	})
}

func TestTheNextSessionOfTheSeriesEndsTheOneOverTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().Add(time.Hour)
		next := race("b", "Formula 1", "Lakes", start.Add(2*time.Hour+40*time.Minute))
		e := anEvening(t, nil, start, race("c", "f2", "Moor", start.Add(2*time.Hour+10*time.Minute)), next)
		defer e.stop()
		e.at(39 * time.Minute)
		assert.Equal(t, season.Live, e.race().Status, "another series does not end it")
		e.at(40 * time.Minute)
		assert.Equal(t, season.Past, e.race().Status)
	})
}

func TestASessionOverTimeStaysLiveAcrossARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := &memory{}
		start := time.Now().Add(time.Hour)
		e := anEvening(t, db, start)
		e.at(30 * time.Minute)
		e.stop()
		time.Sleep(5 * time.Minute)
		e = anEvening(t, db, start)
		assert.Equal(t, season.Live, e.race().Status)
		e.at(60 * time.Minute)
		assert.Equal(t, season.Live, e.race().Status)
		e.stop()
		time.Sleep(40 * time.Minute)
		e = anEvening(t, db, start)
		defer e.stop()
		assert.Equal(t, season.Past, e.race().Status, "after a long restart it is over")
	})
}

func TestASessionWhoseStreamsStandStillEndsAsPlanned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := anEvening(t, nil, time.Now().Add(time.Hour))
		defer e.stop()
		e.moving.Store(false)
		e.at(-time.Second)
		assert.Equal(t, season.Live, e.race().Status)
		e.at(0)
		assert.Equal(t, season.Past, e.race().Status)
	})
}
