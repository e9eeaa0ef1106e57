package schedule

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return body
}

// lines are sessions in a form that is easy to compare: type, name, start, length.
func lines(e Event) (out []string) {
	for _, s := range e.Sessions {
		when := s.Date
		if s.Start != nil {
			when = s.Start.Format("2006-01-02 15:04") + " " + s.End.Sub(*s.Start).String()
		}
		line := string(s.Type) + " | " + s.Name + " | " + when
		if s.Status == Cancelled {
			line += " | cancelled"
		}
		out = append(out, line)
	}
	return out
}

func TestJolpicaSessionsComeOutAtTheirTimes(t *testing.T) {
	events, err := parseJolpica(file(t, "jolpica.json"))
	require.NoError(t, err)
	require.Len(t, events, 3)
	e := events[0]
	assert.Equal(t, []string{"f1-2026-northmoor-grand-prix", "f1", "2026", "Northmoor Grand Prix", "Northmoor Heath", "Northmoor", "Moorland"},
		[]string{e.ID, e.Series, e.Season, e.Name, e.Circuit, e.Locality, e.Country})
	assert.Equal(t, 1, e.Round)
	assert.Equal(t, []string{
		"fp1 | Practice 1 | 2026-03-06 02:30 1h0m0s", "fp2 | Practice 2 | 2026-03-06 06:00 1h0m0s", "fp3 | Practice 3 | 2026-03-07 02:30 1h0m0s",
		"qualifying | Qualifying | 2026-03-07 06:00 1h0m0s", "race | Race | 2026-03-08 05:00 2h0m0s",
	}, lines(e))
	assert.Equal(t, []string{
		"fp1 | Practice 1 | 2026-03-13 11:30 1h0m0s", "sprint_qualifying | Sprint qualifying | 2026-03-13 15:30 45m0s",
		"sprint | Sprint | 2026-03-14 11:00 1h0m0s", "qualifying | Qualifying | 2026-03-14 15:00 1h0m0s", "race | Race | 2026-03-15 13:00 2h0m0s",
	}, lines(events[1]))
	assert.Equal(t, []string{"race | Race | 2026-10-04"}, lines(events[2]), "a race without a time has none: not midnight")
}

func TestF1CalendarSessionsComeOutAtTheirTimes(t *testing.T) {
	var asked []string
	p := F1Calendar("https://calendar.test/_db/", "f1", func(_ context.Context, url string) ([]byte, error) {
		asked = append(asked, url)
		if strings.HasSuffix(url, "config.json") {
			return file(t, "f1calendar-config.json"), nil
		}
		return file(t, "f1calendar.json"), nil
	})
	events, err := p.Events(t.Context(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	assert.Equal(t, []string{"https://calendar.test/_db/f1/config.json", "https://calendar.test/_db/f1/2026.json"}, asked)
	require.Len(t, events, 3)
	assert.Equal(t, "Northmoor Grand Prix", events[0].Name)
	assert.Equal(t, "f1-2026-northmoor-grand-prix", events[0].ID, "the same event as Jolpica's")
	assert.Equal(t, []string{
		"fp1 | Practice 1 | 2026-03-06 02:30 1h0m0s", "sprint_qualifying | Sprint qualifying | 2026-03-06 06:30 44m0s", "sprint | Sprint | 2026-03-07 02:00 30m0s",
		"qualifying | Qualifying | 2026-03-07 06:00 1h0m0s", "race | Race | 2026-03-08 05:00 1h50m0s",
	}, lines(events[0]))
	assert.Equal(t, []string{"fp1 | Practice 1 | 2026-05-01", "race | Race | 2026-05-03"}, lines(events[1]), "times to be confirmed are none")
	assert.Equal(t, []string{"qualifying | Qualifying 1 | 2026-06-06 14:00 18m0s | cancelled", "race | Race | 2026-06-07 13:00 1h50m0s | cancelled"}, lines(events[2]))
}

func TestF1CalendarReadsTheNextSeasonInAutumn(t *testing.T) {
	for _, missing := range []bool{false, true} {
		p := F1Calendar("", "indycar", func(_ context.Context, url string) ([]byte, error) {
			switch {
			case strings.HasSuffix(url, "/indycar/2026.json"):
				return file(t, "f1calendar.json"), nil
			case strings.HasSuffix(url, "/indycar/2027.json") && !missing:
				return []byte(strings.ReplaceAll(string(file(t, "f1calendar.json")), "2026-", "2027-")), nil
			}
			return nil, errors.New("404")
		})
		events, err := p.Events(t.Context(), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		want := 6
		if missing {
			want = 3
		}
		assert.Len(t, events, want)
	}
}

func TestAnICSWeekendIsOneEvent(t *testing.T) {
	events, err := parseICS(file(t, "cup.ics"), "", saturday)
	require.ErrorIs(t, err, ErrFormat)
	assert.ErrorContains(t, err, `Lakes Race: not the calendar that was expected: the time zone "Nowhere/Atall" is not known`)
	require.Len(t, events, 3, "what can be read counts")
	e := events[0]
	assert.Equal(t, []string{"endurance-cup-2026-6-hours-of-northmoor", "endurance-cup", "6 Hours of Northmoor", "Northmoor Heath", "Northmoor", "Moorland"},
		[]string{e.ID, e.Series, e.Name, e.Circuit, e.Locality, e.Country})
	assert.Equal(t, []string{
		"fp1 | Free Practice 1 | 2026-04-24 09:00 1h30m0s", "qualifying | Qualifying | 2026-04-25 12:00 40m0s",
		"race | Race | 2026-04-26 10:00 6h0m0s | cancelled",
	}, lines(e), "UTC, a zone of its own, and the calendar's zone")
	assert.Equal(t, []string{"other | 24 Hours of Verana | 2026-06-13"}, lines(events[1]))
	assert.Equal(t, []string{"sprint | Sprint | 2026-07-11 10:00 1h0m0s"}, lines(events[2]))
	assert.Equal(t, "Lakes", events[2].Name)
}

func TestAnEntryThatIsListedTwiceIsOneSession(t *testing.T) {
	const entry = "BEGIN:VEVENT\r\nSUMMARY:Cup: Race (Northmoor)\r\nDTSTART:20260308T050000Z\r\nEND:VEVENT\r\n"
	again := strings.Replace(entry, "20260308", "20260920", 1)
	events, err := parseICS([]byte("BEGIN:VCALENDAR\r\n"+entry+entry+again+"END:VCALENDAR\r\n"), "cup", saturday)
	require.NoError(t, err)
	require.Len(t, events, 2, "the same name half a year later is another weekend")
	assert.Len(t, events[0].Sessions, 1)
	assert.Equal(t, []string{"cup-2026-northmoor", "cup-2026-northmoor-0920"}, []string{events[0].ID, events[1].ID})
}

func TestPeopleNameSessionsInManyWays(t *testing.T) {
	for summary, want := range map[string][3]string{
		"F1: Practice 1 (Northmoor Grand Prix)":            {"Northmoor Grand Prix", "Practice 1", "fp1"},
		"FORMULA 1 NORTHMOOR GRAND PRIX 2026 - Practice 2": {"FORMULA 1 NORTHMOOR GRAND PRIX 2026", "Practice 2", "fp2"},
		"Northmoor Grand Prix – FP3":                       {"Northmoor Grand Prix", "FP3", "fp3"},
		"Northmoor Grand Prix | Sprint Qualifying":         {"Northmoor Grand Prix", "Sprint Qualifying", "sprint_qualifying"},
		"F1: Sprint Shootout (Northmoor)":                  {"Northmoor", "Sprint Shootout", "sprint_qualifying"},
		"Northmoor Grand Prix - Sprint":                    {"Northmoor Grand Prix", "Sprint", "sprint"},
		"Northmoor Grand Prix - Grand Prix":                {"Northmoor Grand Prix - Grand Prix", "Race", "race"},
		"Northmoor Grand Prix - Race":                      {"Northmoor Grand Prix", "Race", "race"},
		"Northmoor Grand Prix":                             {"Northmoor Grand Prix", "Race", "race"},
		"Northmoor Grand Prix Qualifying":                  {"Northmoor Grand Prix", "Qualifying", "qualifying"},
		"F2: Feature Race (Northmoor)":                     {"Northmoor", "Feature Race", "race"},
		"Northmoor E-Prix: Warm-up":                        {"Northmoor E-Prix", "Warm-up", "other"},
		"Team presentation":                                {"Team presentation", "Team presentation", "other"},
		"Race":                                             {"Race", "Race", "race"},
		"":                                                 {"", "", "other"},
		"Sprintfield meeting":                              {"Sprintfield meeting", "Sprintfield meeting", "other"},
		"Pre-season testing day 2 (Gridwall Ring)":         {"Gridwall Ring", "Pre-season testing day 2", "other"},
	} {
		event, session, kind := splitSummary(summary)
		assert.Equal(t, want, [3]string{event, session, string(kind)}, summary)
	}
}

func TestABrokenCalendarIsOneClearError(t *testing.T) {
	huge := strings.Repeat(" ", MaxBody) + "{}"
	type parser func([]byte) ([]Event, error)
	jolpica := parser(parseJolpica)
	f1cal := parser(func(b []byte) ([]Event, error) { return parseF1Calendar(b, "f1", 2026, nil) })
	calendar := parser(func(b []byte) ([]Event, error) { return parseICS(b, "", saturday) })
	race := func(fields string) string {
		return `{"MRData":{"RaceTable":{"Races":[{"season":"2026","round":"1","raceName":"Northmoor",` + fields + `}]}}}`
	}
	slot := func(sessions string) string {
		return `{"races":[{"name":"Northmoor","round":1,"sessions":` + sessions + `}]}`
	}
	entry := func(text string) string {
		return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" + text + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	for name, tc := range map[string]struct {
		parse parser
		body  string
		is    error
		says  string
	}{
		"empty":                   {jolpica, "", ErrFormat, "the answer is empty"},
		"spaces":                  {f1cal, " \n", ErrFormat, "the answer is empty"},
		"empty ics":               {calendar, "", ErrFormat, "the answer is empty"},
		"web page":                {jolpica, "<!doctype html><p>gone", ErrFormat, "a web page"},
		"web page for json":       {f1cal, "\n<html>", ErrFormat, "a web page"},
		"web page for ics":        {calendar, "<html>", ErrFormat, "a web page"},
		"10 MB":                   {jolpica, huge, ErrTooLarge, "4 MiB"},
		"10 MB of ics":            {calendar, huge, ErrTooLarge, "4 MiB"},
		"cut off":                 {jolpica, `{"MRData":{`, ErrFormat, "no JSON"},
		"two documents":           {jolpica, `{}{}`, ErrFormat, "something follows"},
		"a list":                  {jolpica, `[]`, ErrFormat, "holds array"},
		"another object":          {jolpica, `{"ok":true}`, ErrFormat, "no MRData.RaceTable"},
		"null":                    {jolpica, `null`, ErrFormat, "no MRData.RaceTable"},
		"number for text":         {jolpica, race(`"date":20260308`), ErrFormat, "holds number"},
		"no season yet":           {jolpica, `{"MRData":{"RaceTable":{"Races":[]}}}`, ErrEmpty, "no event"},
		"bad date":                {jolpica, race(`"date":"8 March","time":"05:00:00Z"`), ErrFormat, `"8 March 05:00:00Z" is no time`},
		"1970":                    {jolpica, race(`"date":"1970-01-01","time":"00:00:00Z"`), ErrDate, "Northmoor, Race: a date that cannot be meant: 1970-01-01"},
		"2100":                    {jolpica, race(`"date":"2100-01-01"`), ErrDate, "2100-01-01"},
		"no races":                {f1cal, `{"events":[]}`, ErrFormat, "no races"},
		"time is a number":        {f1cal, slot(`{"gp":1772942400}`), ErrFormat, "Northmoor, gp: not the calendar that was expected: a time that is no text"},
		"sessions are a list":     {f1cal, slot(`["gp"]`), ErrFormat, "holds array"},
		"1970 in f1calendar":      {f1cal, slot(`{"gp":"1970-01-01T00:00:00Z"}`), ErrDate, "1970-01-01"},
		"no calendar":             {calendar, "hello", ErrFormat, "not the calendar"},
		"JSON for ics":            {calendar, `{"races":[]}`, ErrFormat, "not the calendar"},
		"empty calendar":          {calendar, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", ErrEmpty, "no event"},
		"entry without start":     {calendar, entry("SUMMARY:Race"), ErrFormat, "Race: not the calendar that was expected: an entry without a start"},
		"entry without name":      {calendar, entry("DTSTART:20260308T050000Z"), ErrFormat, "without a name"},
		"bad time":                {calendar, entry("SUMMARY:Race\r\nDTSTART:tomorrow"), ErrFormat, `"tomorrow" is no time`},
		"1970 in ics":             {calendar, entry("SUMMARY:Race\r\nDTSTART:19700101T000000Z"), ErrDate, "1970-01-01"},
		"2100 in ics":             {calendar, entry("SUMMARY:Race\r\nDTSTART;VALUE=DATE:21000101"), ErrDate, "2100-01-01"},
		"zone that is a path":     {calendar, entry("SUMMARY:Race\r\nDTSTART;TZID=../../etc/passwd:20260308T050000"), ErrFormat, "is not known"},
		"zone named like no zone": {calendar, entry("SUMMARY:Race\r\nDTSTART;TZID=Local:20260308T050000"), ErrFormat, "is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			events, err := tc.parse([]byte(tc.body))
			require.ErrorIs(t, err, tc.is)
			assert.ErrorContains(t, err, tc.says)
			assert.NotContains(t, err.Error(), "\n")
			assert.Empty(t, events)
		})
	}
}

func TestOneBadEntryDoesNotCostTheSeason(t *testing.T) {
	body := strings.Replace(string(file(t, "jolpica.json")), `"date": "2026-03-06", "time": "02:30:00Z"`, `"date": "1970-01-01", "time": "00:00:00Z"`, 1)
	events, err := parseJolpica([]byte(body))
	require.ErrorIs(t, err, ErrDate)
	require.Len(t, events, 3)
	assert.Len(t, events[0].Sessions, 4)
}

func TestDurationsAreReadAsRFC5545WritesThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1H30M": 90 * time.Minute, "P1D": 24 * time.Hour, "P1DT2H": 26 * time.Hour, "PT90S": 90 * time.Second, "P1W": 7 * 24 * time.Hour, "+PT5M": 5 * time.Minute,
		"": 0, "-PT5M": 0, "PT": 0, "PT5": 0, "5M": 0, "PTM": 0, "PT999999999999H": 0,
	} {
		assert.Equal(t, want, parseDuration(text), text)
	}
}

func TestASecretAddressNamesNothing(t *testing.T) {
	p := ICS("webcal://calendar.test/private-s3cret/feed.ics?key=s3cret", "", nil)
	assert.NotContains(t, p.Key(), "s3cret")
	assert.Contains(t, p.Key(), "ics-calendar-test-")
	assert.Equal(t, "jolpica", Jolpica("", nil).Key())
	assert.Equal(t, "f1calendar-fe", F1Calendar("", "fe", nil).Key())
	assert.NotEqual(t, Jolpica("https://mirror.test/a", nil).Key(), Jolpica("https://mirror.test/b", nil).Key())
}

func TestAddressesAreThoseOfTheConfiguration(t *testing.T) {
	for address, want := range map[string]string{
		"":                              "https://api.jolpi.ca/ergast/f1/current/races.json?limit=100",
		"https://mirror.test/ergast/":   "https://mirror.test/ergast/f1/current/races.json?limit=100",
		"https://mirror.test/2026.json": "https://mirror.test/2026.json",
	} {
		_, err := Jolpica(address, func(_ context.Context, url string) ([]byte, error) {
			assert.Equal(t, want, url)
			return nil, errors.New("off")
		}).Events(t.Context(), time.Now())
		assert.EqualError(t, err, "off")
	}
	_, err := ICS("webcal://calendar.test/feed.ics", "", func(_ context.Context, url string) ([]byte, error) {
		assert.Equal(t, "https://calendar.test/feed.ics", url)
		return nil, errors.New("off")
	}).Events(t.Context(), time.Now())
	assert.EqualError(t, err, "off")
}
