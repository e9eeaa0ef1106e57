package schedule

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// race is an event with one race.
func race(id, series, name string, start time.Time) Event {
	e := meeting(id, start)
	e.Series, e.Name = series, name
	return e
}

func idsOf(events []Event) (out []string) {
	for _, e := range events {
		out = append(out, e.ID)
	}
	return out
}

func TestARoundThatIsCountedAnewIsNotTakenForAnother(t *testing.T) {
	one := []Event{race("f1-2026-5", "f1", "Lakes Grand Prix", saturday), race("f1-2026-6", "f1", "Moor Grand Prix", saturday.AddDate(0, 0, 14))}
	two := []Event{race("f1-2026-5", "Formula 1", "Moor Grand Prix", saturday.AddDate(0, 0, 14)), race("f1-2026-6", "Formula 1", "Hills Grand Prix", saturday.AddDate(0, 0, 28))}
	assert.Equal(t, []string{"f1-2026-5", "f1-2026-6", "f1-2026-6-hills-grand-prix"}, idsOf(merge([]reading{{events: one}, {events: two}})))
}

func TestADoubleHeaderStaysTwoEvents(t *testing.T) {
	double := func(series string) []Event {
		return []Event{race("fe-4", series, "Corniche E-Prix", saturday), race("fe-5", series, "Corniche E-Prix", saturday.AddDate(0, 0, 1))}
	}
	assert.Equal(t, []string{"fe-4", "fe-5"}, idsOf(merge([]reading{{events: double("fe")}, {events: double("Formula E")}})))
	both := double("fe")[0]
	both.ID = "other"
	both.Sessions = append(both.Sessions, double("fe")[1].Sessions...)
	joined := merge([]reading{{events: double("fe")}, {events: []Event{both}}})
	assert.Equal(t, []string{"fe-4", "fe-5"}, idsOf(joined))
	assert.Len(t, joined[0].Sessions, 1, "the second race belongs to the second event")
}

func TestOtherSeriesAtTheSameTimeAreOtherEvents(t *testing.T) {
	all := merge([]reading{{events: []Event{race("a", "f1", "Moor", saturday)}}, {events: []Event{race("b", "f2", "Moor", saturday)}},
		{events: []Event{race("c", unnamed, "Hill", saturday)}}, {events: []Event{race("d", unnamed, "Lake", saturday)}}})
	assert.Equal(t, []string{"a", "b", "c", "d"}, idsOf(all))
}

func TestWhatOneCalendarLacksAnotherFills(t *testing.T) {
	day, err := dated(Race, "Race", "2026-05-23")
	require.NoError(t, err)
	first := Event{ID: "x", Series: "f1", Name: "Moor Grand Prix", Sessions: []Session{day}}
	second := race("y", "f1", "Moor", saturday)
	second.Circuit, second.Country, second.Round = "Moor Heath", "Moorland", 7
	q, err := timed(Qualifying, "Qualifying", saturday.Add(-24*time.Hour), 0)
	require.NoError(t, err)
	second.Sessions = append(second.Sessions, q)
	got := merge([]reading{{events: []Event{first}}, {events: []Event{second}}})
	require.Len(t, got, 1)
	assert.Equal(t, []any{"x", "Moor Grand Prix", "Moor Heath", "Moorland", 7}, []any{got[0].ID, got[0].Name, got[0].Circuit, got[0].Country, got[0].Round})
	assert.Equal(t, []string{"qualifying | Qualifying | 2026-05-22 14:00 1h0m0s", "race | Race | 2026-05-23 14:00 2h0m0s"}, lines(got[0]))
}

func TestACancellationCountsWhoeverSaysItAndAFreshCalendarGoesBeforeAnOldOne(t *testing.T) {
	at := func(start time.Time, status Status) []Event {
		e := race("x", "f1", "Moor", start)
		e.Sessions[0].Status = status
		return []Event{e}
	}
	later := saturday.Add(time.Hour)
	got := merge([]reading{{events: at(saturday, "")}, {events: at(later, Cancelled)}})
	assert.Equal(t, Cancelled, got[0].Sessions[0].Status)
	assert.Equal(t, saturday, *got[0].Sessions[0].Start, "the time is the first one's")
	got = merge([]reading{{events: at(saturday, Cancelled), stale: true}, {events: at(later, "")}})
	assert.Equal(t, later, *got[0].Sessions[0].Start)
	assert.Empty(t, got[0].Sessions[0].Status, "the old calendar does not know that it takes place after all")
}

func TestASessionThatMovesSaysFromWhen(t *testing.T) {
	now := saturday.AddDate(0, 0, -10)
	p := &given{key: "one", out: []Event{race("a", "f1", "Moor", saturday)}}
	options := Options{Providers: []Provider{p}, Store: &memory{}, Now: func() time.Time { return now }}
	s := New(options)
	read := func(start time.Time) *time.Time {
		t.Helper()
		p.say([]Event{race("a", "f1", "Moor", start)}, nil)
		s.Refresh(t.Context())
		s = New(options) // as after a restart
		return s.Calendar(now).Events[0].Sessions[0].MovedFrom
	}
	assert.Nil(t, read(saturday))
	later := saturday.Add(2 * time.Hour)
	assert.Equal(t, saturday, *read(later))
	assert.Equal(t, saturday, *read(later), "the next reading does not forget it")
	assert.Equal(t, saturday, *read(later.Add(time.Hour)), "moved twice, it keeps what was said first")
	assert.Nil(t, read(saturday), "moved back is not moved")
	assert.Equal(t, saturday, *read(later))
	now = now.AddDate(0, 0, 40)
	assert.Nil(t, read(later), "after a month it is no news")
}

func TestARoundThatFallsAwayMovesNoOther(t *testing.T) {
	p := &given{key: "one", out: []Event{race("f1-1", "f1", "Lakes", saturday), race("f1-2", "f1", "Moor", saturday.AddDate(0, 0, 14))}}
	s := New(Options{Providers: []Provider{p}, Now: func() time.Time { return saturday.AddDate(0, -1, 0) }})
	s.Refresh(t.Context())
	p.say([]Event{race("f1-1", "f1", "Moor", saturday.AddDate(0, 0, 14))}, nil)
	s.Refresh(t.Context())
	assert.Nil(t, s.Calendar(saturday).Events[0].Sessions[0].MovedFrom)
}

func TestAWrongTypeCostsWhatItStandsInAndNothingElse(t *testing.T) {
	good := `{"season":"2026","round":"2","raceName":"Moor Grand Prix","date":"2026-03-15","time":"13:00:00Z"}`
	for says, race := range map[string]string{
		"holds string":         `{"season":"2026","round":"1","raceName":"Lakes","Circuit":"Heath","date":"2026-03-08","time":"05:00:00Z"}`,
		`Lakes, Qualifying: `:  `{"season":"2026","round":"1","raceName":"Lakes","date":"2026-03-08","time":"05:00:00Z","Qualifying":7}`,
		`"round" holds number`: `{"season":"2026","round":1,"raceName":"Lakes","date":"2026-03-08"}`,
		"2100-03-08":           `{"season":"2100","round":"1","raceName":"Lakes","date":"2100-03-08","time":"05:00:00Z"}`,
		"holds array":          `[]`,
	} {
		events, err := parseJolpica([]byte(`{"MRData":{"RaceTable":{"Races":[` + race + `,` + good + `]}}}`))
		assert.ErrorContains(t, err, says)
		require.NotEmpty(t, events, says)
		assert.Equal(t, "Moor Grand Prix", events[len(events)-1].Name)
	}
	for says, race := range map[string]string{
		`"round" holds string`: `{"name":"Lakes","round":"one","slug":"lakes","sessions":{"gp":"2026-03-08T05:00:00Z"}}`,
		`"name" holds number`:  `{"name":7,"round":1,"slug":"lakes","sessions":{"gp":"2026-03-08T05:00:00Z"}}`,
		"1970-01-01":           `{"name":"Lakes","round":1,"slug":"lakes","sessions":{"gp":"1970-01-01T00:00:00Z"}}`,
	} {
		events, err := parseF1Calendar([]byte(`{"races":[`+race+`,{"name":"Moor","round":2,"slug":"moor","latitude":"1","longitude":2,"sessions":{"race":"2026-03-15T13:00:00Z"}}]}`), "f1", 2026, nil)
		assert.ErrorContains(t, err, says)
		require.NotEmpty(t, events, says)
		assert.Equal(t, "Moor", events[len(events)-1].Name)
	}
}

func TestSeriesOfF1CalendarAreFoundByWhatPeopleCallThem(t *testing.T) {
	for name, folder := range map[string]string{
		"": "f1", "F1": "f1", "Formula 1": "f1", "F2": "f2", "f3": "f3", "F1 Academy": "f1-academy", "f1academy": "f1-academy", "Formula E": "fe", "IndyCar": "indycar",
		"MotoGP": "motogp", "wseries": "wseries", "../../etc": "etc",
	} {
		assert.Equal(t, folder, F1CalendarSeries(name), name)
	}
}

func TestACalendarsStandingIsTold(t *testing.T) {
	good, bad := &given{key: "good", out: []Event{meeting("a", saturday)}}, &given{key: "bad", err: errors.New(`Get "https://a.test/x?key=s3cret": off`)}
	s := New(Options{Providers: []Provider{Shown(good, Look{"Mine", "teal"}), bad, Demo()}, Now: func() time.Time { return saturday }})
	s.Refresh(t.Context())
	all := s.States(saturday.Add(25 * time.Hour))
	require.Len(t, all, 3)
	assert.Equal(t, State{Key: "good", Look: Look{"Mine", "teal"}, Events: 1, FetchedAt: &saturday, Stale: true}, all[0])
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
