package lineup

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// event returns an event whose id is its name.
func event(name string, sessions ...season.Session) season.Event {
	return season.Event{ID: name, Series: "f1", Name: name, Sessions: sessions}
}

// overTime returns s as a session whose streams still run after its planned end: the calendar keeps it live.
func overTime(s season.Session) season.Session {
	s.Status, s.OverTime = season.Live, true
	return s
}

func inDoubt(s season.Session) season.Session {
	s.InDoubt = true
	return s
}

func undated(s season.Session) season.Session {
	s.Start, s.End = nil, nil
	return s
}

func TestTheDefaultSessionIsTheLiveOneOrTheNext(t *testing.T) {
	past, liveNow := session(season.FP1, "Practice 1", season.Past, -6), session(season.Race, "Race", season.Live, -1)
	for name, tc := range map[string]struct {
		events []season.Event
		event  string // "" for the whole calendar
		want   string // event and session; "" for ErrUnknownSession
	}{
		"the live one":              {[]season.Event{event("a", past, session(season.FP2, "Practice 2", season.Upcoming, 1)), event("b", liveNow)}, "", "b Race"},
		"the last of two live ones": {[]season.Event{event("a", liveNow), event("b", session(season.FP2, "Practice 2", season.Live, -2))}, "", "a Race"},
		"one over time is still live": {
			[]season.Event{event("a", overTime(session(season.Race, "Race", season.Past, -3)), session(season.Other, "Podium", season.Upcoming, 1))}, "", "a Race",
		},
		"the next one, if the one before it runs over time": {
			[]season.Event{event("a", overTime(session(season.Qualifying, "Qualifying", season.Past, -3)), liveNow)}, "", "a Race",
		},
		"the next one of any event": {
			[]season.Event{event("a", session(season.Race, "Race", season.Upcoming, 9)), event("b", session(season.Race, "Race", season.Upcoming, 3))}, "", "b Race",
		},
		"a dated one before an undated one": {
			[]season.Event{event("a", undated(session(season.FP1, "Practice 1", season.Upcoming, 0))), event("b", session(season.Race, "Race", season.Upcoming, 3))}, "", "b Race",
		},
		"an undated one, if there is no other": {[]season.Event{event("a", past, undated(session(season.Race, "Race", season.Upcoming, 0)))}, "", "a Race"},
		"not one whose date is in doubt": {
			[]season.Event{event("a", inDoubt(liveNow)), event("b", session(season.Race, "Race", season.Upcoming, 3))}, "", "b Race",
		},
		"not a cancelled one":                 {[]season.Event{event("a", session(season.FP1, "Practice 1", season.Cancelled, 1), session(season.Race, "Race", season.Upcoming, 3))}, "", "a Race"},
		"all are over":                        {[]season.Event{event("a", past)}, "", ""},
		"no calendar":                         {nil, "", ""},
		"of an event, its own":                {[]season.Event{event("a", liveNow), event("b", session(season.FP1, "Practice 1", season.Upcoming, 5))}, "b", "b Practice 1"},
		"of an event that is over, its last":  {[]season.Event{event("a", past, session(season.Race, "Race", season.Past, -3)), event("b", liveNow)}, "a", "a Race"},
		"of an event without a session, none": {[]season.Event{event("a"), event("b", liveNow)}, "a", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := newRig(t, tc.events).Feeds(tc.event, "")
			if tc.want == "" {
				assert.ErrorIs(t, err, ErrUnknownSession)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, f.Event.ID+" "+f.Session.Name)
		})
	}
}

func TestASessionIsFoundByItsNameOrItsType(t *testing.T) {
	a := event("a", session(season.Sprint, "Race 1", season.Past, -5), session(season.Race, "Sprint", season.Past, -3), session(season.Race, "sprint", season.Upcoming, 3))
	for named, want := range map[string]int{
		"Race 1": 0, "RACE 1": 0,
		"Sprint": 1, // the exact name, though another session has the type
		"sprint": 2,
		"SPRINT": 1, // the first name that differs only in case
		"race":   1, // the first of the type
	} {
		f, err := newRig(t, []season.Event{a}).Feeds("a", named)
		if assert.NoError(t, err, named) {
			assert.Equal(t, a.Sessions[want], f.Session, named)
		}
	}
	r := newRig(t, []season.Event{a})
	_, err := r.Feeds("a", "fp9")
	assert.ErrorIs(t, err, ErrUnknownSession)
	assert.ErrorContains(t, err, "Race 1, Sprint, sprint", "the error lists the sessions")
	_, err = r.Feeds("b", "race")
	assert.ErrorIs(t, err, ErrUnknownSession)
	_, err = r.Feeds("", "race")
	assert.ErrorIs(t, err, stream.ErrInvalid)
}
