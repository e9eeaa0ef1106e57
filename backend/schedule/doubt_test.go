package schedule

import (
	"context"
	"strings"
	"testing"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/jsoncal"
	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	doubtfulMonaco = `{"season":"2030","round":"6","raceName":"Monaco Grand Prix","date":"2030-05-03","time":"13:00:00Z",` + monacoSessions + `}`
	monacoSessions = `"FirstPractice":{"date":"2030-06-05","time":"11:30:00Z"},"Qualifying":{"date":"2030-06-06","time":"14:00:00Z"}`
	lasVegas       = `{"season":"2030","round":"22","raceName":"Las Vegas Grand Prix","date":"2030-11-23","time":"04:00:00Z","Qualifying":{"date":"2030-11-23","time":"04:00:00Z"}}`
)

func jolpicaOf(races ...string) Provider {
	return jsoncal.NewJolpica("", func(context.Context, string) ([]byte, error) {
		return []byte(`{"MRData":{"RaceTable":{"Races":[` + strings.Join(races, ",") + `]}}}`), nil
	})
}

func f1calendarOf(races string) Provider {
	body := `{"races":[` + races + `]}`
	return jsoncal.NewF1Calendar("", "f1", seasonOf(&body))
}

// doubts lists the sessions of the calendars at now, and marks the doubtful ones.
func doubts(t *testing.T, now time.Time, providers ...Provider) (out []string) {
	t.Helper()
	s := New(Options{Providers: providers, Now: func() time.Time { return may2030 }})
	s.Refresh(t.Context())
	for _, e := range s.Calendar(now).Events {
		for i, line := range testcal.Lines(e) {
			if e.Sessions[i].InDoubt {
				line += " ?"
			}
			out = append(out, e.Name+" | "+line)
		}
	}
	return out
}

func TestASessionAMonthFromItsEventIsShownAsDoubtful(t *testing.T) {
	practice, qualifying := "Monaco Grand Prix | fp1 | Practice 1 | 2030-06-05 11:30 1h0m0s", "Monaco Grand Prix | qualifying | Qualifying | 2030-06-06 14:00 1h0m0s"
	right := []string{practice, qualifying, "Monaco Grand Prix | race | Race | 2030-06-07 13:00 2h0m0s"}
	wrong := "Monaco Grand Prix | race | Race | 2030-05-03 13:00 2h0m0s"
	alone := doubts(t, may2030, jolpicaOf(doubtfulMonaco))
	for i := range alone {
		alone[i] = strings.ReplaceAll(alone[i], " | upcoming", "")
	}
	assert.Equal(t, []string{wrong + " ?", practice, qualifying}, alone)
	second := f1calendarOf(`{"name":"Monaco","round":6,"slug":"monaco-grand-prix","sessions":{"fp1":"2030-06-05T11:30:00Z","qualifying":"2030-06-06T14:00:00Z","gp":"2030-06-07T13:00:00Z"}}`)
	raceOnly := f1calendarOf(`{"name":"Monaco","round":6,"slug":"monaco-grand-prix","sessions":{"gp":"2030-06-07T13:00:00Z"}}`)
	raceAlone := jolpicaOf(strings.Replace(doubtfulMonaco, ","+monacoSessions, "", 1))
	for name, providers := range map[string][]Provider{
		"the wrong one first":                {jolpicaOf(doubtfulMonaco), second},
		"the right one first":                {second, jolpicaOf(doubtfulMonaco)},
		"the right one names the race alone": {jolpicaOf(doubtfulMonaco), raceOnly},
		"the wrong one names the race alone": {raceAlone, second},
		"so does it, after the right one":    {second, raceAlone},
	} {
		assert.Equal(t, right, doubts(t, may2030, providers...), "%s: one event, and the date that fits", name)
	}
}

func TestARaceOfAnICSCalendarAMonthFromItsPracticeBelongsToItsEvent(t *testing.T) {
	at := func(start, session string) string {
		return testcal.Event("DTSTART:"+start, "SUMMARY:Monaco Grand Prix - "+session)
	}
	provider := func(series string, entries ...string) Provider {
		return ics.New("https://calendar.test/"+series, series, func(context.Context, string) ([]byte, error) { return []byte(testcal.Calendar(entries...)), nil })
	}
	practice, qualifying := at("20300605T113000Z", "Practice 1"), at("20300606T140000Z", "Qualifying")
	early, late, right := at("20300503T130000Z", "Race"), at("20300703T130000Z", "Race"), at("20300607T130000Z", "Race")
	assert.Equal(t, []string{"Monaco Grand Prix | race | Race | 2030-05-03 13:00 2h0m0s ?", "Monaco Grand Prix | fp1 | Practice 1 | 2030-06-05 11:30 1h0m0s",
		"Monaco Grand Prix | qualifying | Qualifying | 2030-06-06 14:00 1h0m0s"}, doubts(t, may2030, provider("", early, practice, qualifying)))
	assert.Equal(t, []string{"Monaco Grand Prix | fp1 | Practice 1 | 2030-06-05 11:30 1h0m0s", "Monaco Grand Prix | qualifying | Qualifying | 2030-06-06 14:00 1h0m0s",
		"Monaco Grand Prix | race | Race | 2030-07-03 13:00 2h0m0s ?"}, doubts(t, may2030, provider("f1", practice, qualifying, late)))
	for _, providers := range [][]Provider{{provider("f1", early, practice, qualifying), provider("Formula 1", practice, right)}, {provider("Formula 1", practice, right), provider("f1", early, practice, qualifying)}} {
		got := doubts(t, may2030, providers...)
		assert.Equal(t, "Monaco Grand Prix | race | Race | 2030-06-07 13:00 2h0m0s", got[len(got)-1])
		assert.Len(t, got, 3)
	}
	assert.Equal(t, []string{"Monaco Grand Prix | race | Race | 2030-05-03 13:00 2h0m0s", "Monaco Grand Prix | race | Race | 2030-06-07 13:00 2h0m0s"}, doubts(t, may2030, provider("f1", early, right)), "two races are two events")
}

func TestADoubtfulSessionIsNeverLive(t *testing.T) {
	s := New(Options{Providers: []Provider{jolpicaOf(doubtfulMonaco)}, Now: func() time.Time { return may2030 }})
	s.Refresh(t.Context())
	start := time.Date(2030, 5, 3, 13, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]season.Status{-time.Minute: season.Upcoming, 0: season.Upcoming, time.Hour: season.Upcoming, 3 * time.Hour: season.Past} {
		c := s.Calendar(start.Add(after))
		assert.Equal(t, want, c.Events[0].Sessions[0].Status, after)
		assert.False(t, s.Live(start.Add(after)))
	}
	text := string(s.Calendar(may2030).Export(nil, may2030))
	assert.Equal(t, 1, strings.Count(text, "STATUS:TENTATIVE"))
	assert.Contains(t, text, "The date is in doubt.")
	s.SetOverrides(ParseOverrides("", []byte("[[override]]\nevent = \"Monaco Grand Prix\"\nsession = \"race\"\nstart = 2030-05-03T13:00:00Z\n"), time.UTC))
	assert.Equal(t, season.Live, s.Calendar(start).Events[0].Sessions[0].Status, "an override removes the doubt")
}

func TestQualifyingAtTheTimeOfTheRaceIsDoubtful(t *testing.T) {
	assert.Equal(t, []string{"Las Vegas Grand Prix | qualifying | Qualifying | 2030-11-23 04:00 1h0m0s ?", "Las Vegas Grand Prix | race | Race | 2030-11-23 04:00 2h0m0s"}, doubts(t, may2030, jolpicaOf(lasVegas)))
	right := f1calendarOf(`{"name":"Las Vegas","round":22,"slug":"las-vegas-grand-prix","sessions":{"qualifying":"2030-11-22T04:00:00Z","gp":"2030-11-23T04:00:00Z"}}`)
	assert.Equal(t, []string{"Las Vegas Grand Prix | qualifying | Qualifying | 2030-11-22 04:00 1h0m0s", "Las Vegas Grand Prix | race | Race | 2030-11-23 04:00 2h0m0s"}, doubts(t, may2030, jolpicaOf(lasVegas), right))
}

func TestOnlyContradictoryDatesAreDoubtful(t *testing.T) {
	for name, tc := range map[string]struct {
		series   string
		sessions string
		doubtful string
	}{
		"a weekend":                      {"f1", "fp1 05-22, qualifying 05-23, race 05-24", ""},
		"four days":                      {"f1", "fp1 05-20, race 05-24", ""},
		"two sessions a month apart":     {"f1", "qualifying 05-20, race 06-24", "qualifying race"},
		"practice after the race":        {"f1", "fp1 06-22, qualifying 05-23, race 05-24", "fp1"},
		"the race a year late":           {"f1", "fp1 05-22, qualifying 05-23, race 12-24", "race"},
		"two and two":                    {"f2", "fp1 05-22, qualifying 05-23, sprint 06-23, race 06-24", "fp1 qualifying sprint race"},
		"a week of practice":             {"indycar", "fp1 05-12, qualifying 05-17, race 05-25", ""},
		"the race before its qualifying": {"indycar", "fp1 05-16, qualifying 05-17, race 05-02", "race"},
		"three weeks":                    {"indycar", "fp1 05-02, qualifying 05-03, race 05-25", "race"},
		"tests":                          {"f1", "other 02-12, other 02-25", ""},
		"an unknown series":              {"club", "qualifying 05-17, race 05-25", ""},
	} {
		e := season.Event{Series: tc.series}
		for part := range strings.SplitSeq(tc.sessions, ", ") {
			kind, day, _ := strings.Cut(part, " ")
			s, err := season.NewDatedSession(season.Type(kind), kind, "2030-"+day)
			require.NoError(t, err)
			e.Sessions = append(e.Sessions, s)
		}
		markDoubts(&e)
		var got []string
		for _, s := range e.Sessions {
			if s.InDoubt {
				got = append(got, s.Name)
			}
		}
		assert.Equal(t, tc.doubtful, strings.Join(got, " "), name)
	}
}

func TestManyEventsOfManyCalendarsAreJoinedInReasonableTime(t *testing.T) {
	listOf := func(minute int) (out []season.Event) {
		for i := range 120 {
			e := race("x", "f1", "Moor", may2030)
			e.ID += string(rune('a'+i%26)) + strings.Repeat("i", i/26)
			for j := range season.MaxSessions - 1 {
				s, err := season.NewSession(season.Other, "Run "+strings.Repeat("x", j), may2030.Add(time.Duration(j*60+minute)*time.Minute), 0)
				require.NoError(t, err)
				e.Sessions = append(e.Sessions, s)
			}
			out = append(out, e)
		}
		return out
	}
	one, two := listOf(0), listOf(30)
	cost := func(n int) float64 {
		return testing.AllocsPerRun(1, func() { merge([]reading{{events: one[:n]}, {events: two[:n]}}) })
	}
	assert.Less(t, cost(120), 6*cost(30)+1000)
}
