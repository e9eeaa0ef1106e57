package schedule

import (
	"errors"
	"testing"
	"time"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// race returns an event with one race.
func race(id, series, name string, start time.Time) season.Event {
	e := meeting(id, start)
	e.Series, e.Name = series, name
	return e
}

func idsOf(events []season.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.ID)
	}
	return out
}

func TestARenumberedRoundIsNotMistakenForAnother(t *testing.T) {
	one := []season.Event{race("f1-2026-5", "f1", "Lakes Grand Prix", saturday), race("f1-2026-6", "f1", "Moor Grand Prix", saturday.AddDate(0, 0, 14))}
	two := []season.Event{race("f1-2026-5", "Formula 1", "Moor Grand Prix", saturday.AddDate(0, 0, 14)), race("f1-2026-6", "Formula 1", "Hills Grand Prix", saturday.AddDate(0, 0, 28))}
	assert.Equal(t, []string{"f1-2026-5", "f1-2026-6", "f1-2026-6-hills-grand-prix"}, idsOf(merge([]reading{{events: one}, {events: two}})))
}

func TestADoubleHeaderStaysTwoEvents(t *testing.T) {
	double := func(series string) []season.Event {
		return []season.Event{race("fe-4", series, "Corniche E-Prix", saturday), race("fe-5", series, "Corniche E-Prix", saturday.AddDate(0, 0, 1))}
	}
	assert.Equal(t, []string{"fe-4", "fe-5"}, idsOf(merge([]reading{{events: double("fe")}, {events: double("Formula E")}})))
	both := double("fe")[0]
	both.ID = "other"
	both.Sessions = append(both.Sessions, double("fe")[1].Sessions...)
	joined := merge([]reading{{events: double("fe")}, {events: []season.Event{both}}})
	assert.Equal(t, []string{"fe-4", "fe-5"}, idsOf(joined))
	assert.Len(t, joined[0].Sessions, 1, "the second race belongs to the second event")
}

func TestEventsOfDifferentSeriesAtTheSameTimeStaySeparate(t *testing.T) {
	all := merge([]reading{{events: []season.Event{race("a", "f1", "Moor", saturday)}}, {events: []season.Event{race("b", "f2", "Moor", saturday)}},
		{events: []season.Event{race("c", season.UnnamedSeries, "Hill", saturday)}}, {events: []season.Event{race("d", season.UnnamedSeries, "Lake", saturday)}}})
	assert.Equal(t, []string{"a", "b", "c", "d"}, idsOf(all))
}

func TestOneCalendarFillsTheGapsOfAnother(t *testing.T) {
	day, err := season.NewDatedSession(season.Race, "Race", "2026-05-23")
	require.NoError(t, err)
	first := season.Event{ID: "x", Series: "f1", Name: "Moor Grand Prix", Sessions: []season.Session{day}}
	second := race("y", "f1", "Moor", saturday)
	second.Circuit, second.Country, second.Round = "Moor Heath", "Moorland", 7
	q, err := season.NewSession(season.Qualifying, "Qualifying", saturday.Add(-24*time.Hour), 0)
	require.NoError(t, err)
	second.Sessions = append(second.Sessions, q)
	got := merge([]reading{{events: []season.Event{first}}, {events: []season.Event{second}}})
	require.Len(t, got, 1)
	assert.Equal(t, []any{"x", "Moor Grand Prix", "Moor Heath", "Moorland", 7}, []any{got[0].ID, got[0].Name, got[0].Circuit, got[0].Country, got[0].Round})
	assert.Equal(t, []string{"qualifying | Qualifying | 2026-05-22 14:00 1h0m0s", "race | Race | 2026-05-23 14:00 2h0m0s"}, testcal.Lines(got[0]))
}

func TestCancellationsOfAnyCalendarCountAndANewerCalendarTakesPrecedence(t *testing.T) {
	at := func(start time.Time, status season.Status) []season.Event {
		e := race("x", "f1", "Moor", start)
		e.Sessions[0].Status = status
		return []season.Event{e}
	}
	later := saturday.Add(time.Hour)
	got := merge([]reading{{events: at(saturday, "")}, {events: at(later, season.Cancelled)}})
	assert.Equal(t, season.Cancelled, got[0].Sessions[0].Status)
	assert.Equal(t, saturday, *got[0].Sessions[0].Start, "the first calendar decides the time")
	got = merge([]reading{{events: at(saturday, season.Cancelled), stale: true}, {events: at(later, "")}})
	assert.Equal(t, later, *got[0].Sessions[0].Start)
	assert.Empty(t, got[0].Sessions[0].Status, "the stale calendar does not know that the cancellation was withdrawn")
}

func TestAMovedSessionShowsItsFormerTime(t *testing.T) {
	now := saturday.AddDate(0, 0, -10)
	p := &given{key: "one", out: []season.Event{race("a", "f1", "Moor", saturday)}}
	options := Options{Providers: []Provider{p}, Store: &memory{}, Now: func() time.Time { return now }}
	s := New(options)
	read := func(start time.Time) *time.Time {
		t.Helper()
		p.say([]season.Event{race("a", "f1", "Moor", start)}, nil)
		s.Refresh(t.Context())
		s = New(options) // as after a restart
		return s.Calendar(now).Events[0].Sessions[0].MovedFrom
	}
	assert.Nil(t, read(saturday))
	later := saturday.Add(2 * time.Hour)
	assert.Equal(t, saturday, *read(later))
	assert.Equal(t, saturday, *read(later), "the next reading keeps the mark")
	assert.Equal(t, saturday, *read(later.Add(time.Hour)), "moved twice, it keeps the first time")
	assert.Nil(t, read(saturday), "a session that is moved back is not moved")
	assert.Equal(t, saturday, *read(later))
	now = now.AddDate(0, 0, 40)
	assert.Nil(t, read(later), "after a month it is no longer shown")
}

func TestADroppedRoundMarksNoOtherAsMoved(t *testing.T) {
	p := &given{key: "one", out: []season.Event{race("f1-1", "f1", "Lakes", saturday), race("f1-2", "f1", "Moor", saturday.AddDate(0, 0, 14))}}
	s := New(Options{Providers: []Provider{p}, Now: func() time.Time { return saturday.AddDate(0, -1, 0) }})
	s.Refresh(t.Context())
	p.say([]season.Event{race("f1-1", "f1", "Moor", saturday.AddDate(0, 0, 14))}, nil)
	s.Refresh(t.Context())
	assert.Nil(t, s.Calendar(saturday).Events[0].Sessions[0].MovedFrom)
}

func TestTheStateOfEachCalendarIsReported(t *testing.T) {
	good, bad := &given{key: "good", out: []season.Event{meeting("a", saturday)}}, &given{key: "bad", err: errors.New(`Get "https://a.test/x?key=s3cret": off`)}
	s := New(Options{Providers: []Provider{WithStyle(good, Style{"Mine", "teal"}), bad, Demo()}, Now: func() time.Time { return saturday }})
	s.Refresh(t.Context())
	all := s.States(saturday.Add(25 * time.Hour))
	require.Len(t, all, 3)
	assert.Equal(t, State{Key: "good", Style: Style{"Mine", "teal"}, Events: 1, FetchedAt: &saturday, Stale: true}, all[0])
	assert.Nil(t, all[1].FetchedAt)
	assert.Equal(t, `Get "https://a.test/x?…": off`, all[1].Error)
	assert.False(t, all[2].Stale)
	e := s.Calendar(saturday).Events
	assert.Contains(t, idsOf(e), "a")
	for _, one := range e {
		if one.ID == "a" {
			assert.Equal(t, []string{"Mine", "teal"}, []string{one.Calendar, one.Color})
		}
	}
}
