package jsoncal

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJolpicaSessionsHaveTheirTimes(t *testing.T) {
	events, err := parseJolpica(testcal.File(t, "jolpica.json"))
	require.NoError(t, err)
	require.Len(t, events, 3)
	e := events[0]
	assert.Equal(t, []string{"f1-2026-northmoor-grand-prix", "f1", "2026", "Northmoor Grand Prix", "Northmoor Heath", "Northmoor", "Moorland"},
		[]string{e.ID, e.Series, e.Season, e.Name, e.Circuit, e.Locality, e.Country})
	assert.Equal(t, 1, e.Round)
	assert.Equal(t, []string{
		"fp1 | Practice 1 | 2026-03-06 02:30 1h0m0s", "fp2 | Practice 2 | 2026-03-06 06:00 1h0m0s", "fp3 | Practice 3 | 2026-03-07 02:30 1h0m0s",
		"qualifying | Qualifying | 2026-03-07 06:00 1h0m0s", "race | Race | 2026-03-08 05:00 2h0m0s",
	}, testcal.Lines(e))
	assert.Equal(t, []string{
		"fp1 | Practice 1 | 2026-03-13 11:30 1h0m0s", "sprint_qualifying | Sprint qualifying | 2026-03-13 15:30 45m0s",
		"sprint | Sprint | 2026-03-14 11:00 1h0m0s", "qualifying | Qualifying | 2026-03-14 15:00 1h0m0s", "race | Race | 2026-03-15 13:00 2h0m0s",
	}, testcal.Lines(events[1]))
	assert.Equal(t, []string{"race | Race | 2026-10-04"}, testcal.Lines(events[2]), "a race without a time is not at midnight")
}

func TestF1CalendarSessionsHaveTheirTimes(t *testing.T) {
	var asked []string
	p := NewF1Calendar("https://calendar.test/_db/", "f1", func(_ context.Context, url string) ([]byte, error) {
		asked = append(asked, url)
		if strings.HasSuffix(url, "config.json") {
			return testcal.File(t, "f1calendar-config.json"), nil
		}
		return testcal.File(t, "f1calendar.json"), nil
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
	}, testcal.Lines(events[0]))
	assert.Equal(t, []string{"fp1 | Practice 1 | 2026-05-01", "race | Race | 2026-05-03"}, testcal.Lines(events[1]), "times to be confirmed are left out")
	assert.Equal(t, []string{"qualifying | Qualifying 1 | 2026-06-06 14:00 18m0s | cancelled", "race | Race | 2026-06-07 13:00 1h50m0s | cancelled"}, testcal.Lines(events[2]))
}

func TestF1CalendarReadsTheNextSeasonInAutumn(t *testing.T) {
	for _, missing := range []bool{false, true} {
		p := NewF1Calendar("", "indycar", func(_ context.Context, url string) ([]byte, error) {
			switch {
			case strings.HasSuffix(url, "/indycar/2026.json"):
				return testcal.File(t, "f1calendar.json"), nil
			case strings.HasSuffix(url, "/indycar/2027.json") && !missing:
				return []byte(strings.ReplaceAll(string(testcal.File(t, "f1calendar.json")), "2026-", "2027-")), nil
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

func TestAServerThatAsksToWaitIsAskedForNoFurtherFile(t *testing.T) {
	busy := &season.BusyError{Err: errors.New("answers 429"), RetryAfter: time.Hour}
	for _, c := range []struct {
		name, body    string // of the file of 2026
		asked, events int
	}{
		{"config.json", "", 1, 0},
		{"2027.json", string(testcal.File(t, "f1calendar.json")), 3, 3},
	} {
		asked := 0
		p := NewF1Calendar("", "indycar", func(_ context.Context, url string) ([]byte, error) {
			asked++
			switch {
			case strings.HasSuffix(url, c.name):
				return nil, busy
			case strings.HasSuffix(url, "/2026.json"):
				return []byte(c.body), nil
			}
			return nil, errors.New("404")
		})
		events, err := p.Events(t.Context(), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
		require.ErrorAs(t, err, new(*season.BusyError), c.name)
		assert.Equal(t, c.asked, asked, c.name)
		assert.Len(t, events, c.events, c.name)
	}
}

func TestOneBadEntryDoesNotLoseTheSeason(t *testing.T) {
	body := strings.Replace(string(testcal.File(t, "jolpica.json")), `"date": "2026-03-06", "time": "02:30:00Z"`, `"date": "1970-01-01", "time": "00:00:00Z"`, 1)
	events, err := parseJolpica([]byte(body))
	require.ErrorIs(t, err, season.ErrDate)
	require.Len(t, events, 3)
	assert.Len(t, events[0].Sessions, 4)
}

func TestAFieldOfAWrongTypeLosesOnlyItself(t *testing.T) {
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

func TestSeriesOfF1CalendarAreFoundByTheirUsualNames(t *testing.T) {
	for name, folder := range map[string]string{
		"": "f1", "F1": "f1", "Formula 1": "f1", "F2": "f2", "f3": "f3", "F1 Academy": "f1-academy", "f1academy": "f1-academy", "Formula E": "fe", "IndyCar": "indycar",
		"MotoGP": "motogp", "wseries": "wseries", "../../etc": "etc",
	} {
		assert.Equal(t, folder, F1CalendarSeries(name), name)
	}
}

func TestAHandWrittenSeasonIsReadLeniently(t *testing.T) {
	const gp = `"sessions":{"gp":"2030-10-06T12:00:00Z"}`
	const at, day = "race | Race | 2030-10-06 12:00 2h0m0s", "race | Race | 2030-10-06"
	const practice = "fp1 | Practice 1 | 2030-10-04 12:00 1h0m0s"
	for race, want := range map[string][]string{
		`"tbc":"true",` + gp:                       {day},
		`"tbc":1,` + gp:                            {day},
		`"tbc":"false",` + gp:                      {at},
		`"tbc":0,` + gp:                            {at},
		`"tbc":null,` + gp:                         {at},
		`"canceled":"yes",` + gp:                   {at + " | cancelled"},
		`"cancelled":true,` + gp:                   {at + " | cancelled"},
		`"canceled":false,` + gp:                   {at},
		`"round":"5",` + gp:                        {at},
		`"round":5.0,` + gp:                        {at},
		`"round":null,` + gp:                       {at},
		`"sessions":{"gp":"2030-10-06t12:00:00z"}`: {at},
		`"sessions":{"gp":null,"fp1":"2030-10-04T12:00:00Z"}`:                                                                  {practice},
		`"sessions":{"gp":"","fp1":"2030-10-04T12:00:00Z"}`:                                                                    {practice},
		`"sessions":{"gp":"TBC","fp1":"2030-10-04T12:00:00Z"}`:                                                                 {practice},
		`"sessions":{"gp":"tba","fp1":"2030-10-04T12:00:00Z","q1":"-"}`:                                                        {practice},
		`"sessions":{"gp":"2030-10-06"}`:                                                                                       {day},
		`"sessions":{"feature1":"2030-10-05T18:00:00Z","feature":"2030-10-06T12:00:00Z","qualifying2":"2030-10-05T16:00:00Z"}`: {"qualifying | Qualifying 2 | 2030-10-05 16:00 1h0m0s", "race | Feature 1 | 2030-10-05 18:00 2h0m0s", "race | Feature | 2030-10-06 12:00 2h0m0s"},
	} {
		events, err := parseF1Calendar([]byte(`{"races":[{"name":"Moor",`+race+`}]}`), "f1", 2030, nil)
		assert.NoError(t, err, race)
		if assert.Len(t, events, 1, race) {
			assert.Equal(t, want, testcal.Lines(events[0]), race)
		}
	}
	for race, says := range map[string]string{`"tbc":"perhaps",` + gp: `"tbc" holds string`, `"round":5.5,` + gp: `"round" holds number`, `"round":[5],` + gp: `"round" holds array`, `"canceled":{},` + gp: `"canceled" holds object`} {
		events, err := parseF1Calendar([]byte(`{"races":[{"name":"Moor",`+race+`}]}`), "f1", 2030, nil)
		assert.ErrorContains(t, err, says, race)
		assert.Len(t, events, 1, race)
	}
	for race, want := range map[string][]string{
		`"date":"2030-10-06","time":"T12:00:00Z"`: {at}, `"date":"2030-10-06T12:00:00Z"`: {at}, `"date":"2030-10-06","time":"tbc"`: {day}, `"date":"2030-10-06","time":null`: {day},
		`"date":"TBC","time":"TBC","FirstPractice":{"date":"2030-10-04","time":"12:00:00Z"},"Qualifying":{"date":null,"time":null}`: {practice},
		`"date":null,"FirstPractice":{"date":"2030-10-04","time":"12:00:00Z"},"Sprint":{},"SprintQualifying":null`:                  {practice},
	} {
		events, err := parseJolpica([]byte(`{"MRData":{"RaceTable":{"Races":[{"round":"5","raceName":"Moor",` + race + `}]}}}`))
		assert.NoError(t, err, race)
		if assert.Len(t, events, 1, race) {
			assert.Equal(t, want, testcal.Lines(events[0]), race)
		}
	}
	for body, says := range map[string]string{"404: Not Found": "not the calendar that was expected: not JSON", "Not Found": "not JSON (", `"gone"`: "it holds string", `[]`: "it holds array", `{"error":"rate limit"}`: "no races"} {
		_, err := parseF1Calendar([]byte(body), "f1", 2030, nil)
		assert.ErrorContains(t, err, says, body)
	}
}

func TestOneInvalidByteGarblesNoOtherNameOfASeason(t *testing.T) {
	events, err := parseF1Calendar([]byte(`{"races":[{"name":"São Paulo \u0026 Nürburgring `+"\x96"+`","location":"Österreich","sessions":{"gp":"2030-10-06T12:00:00Z"}}]}`), "f1", 2030, nil)
	require.NoError(t, err)
	assert.Equal(t, "São Paulo & Nürburgring –", events[0].Name)
	assert.Equal(t, "Österreich", events[0].Locality)
}

func TestABrokenJSONCalendarIsOneClearError(t *testing.T) {
	huge := strings.Repeat(" ", season.MaxBody) + "{}"
	type parser func([]byte) ([]season.Event, error)
	jolpica := parser(parseJolpica)
	f1cal := parser(func(b []byte) ([]season.Event, error) { return parseF1Calendar(b, "f1", 2026, nil) })
	race := func(fields string) string {
		return `{"MRData":{"RaceTable":{"Races":[{"season":"2026","round":"1","raceName":"Northmoor",` + fields + `}]}}}`
	}
	slot := func(sessions string) string {
		return `{"races":[{"name":"Northmoor","round":1,"sessions":` + sessions + `}]}`
	}
	for name, tc := range map[string]struct {
		parse parser
		body  string
		is    error
		says  string
	}{
		"empty":               {jolpica, "", season.ErrFormat, "the answer is empty"},
		"spaces":              {f1cal, " \n", season.ErrFormat, "the answer is empty"},
		"web page":            {jolpica, "<!doctype html><p>gone", season.ErrFormat, "a web page"},
		"web page for json":   {f1cal, "\n<html>", season.ErrFormat, "a web page"},
		"10 MB":               {jolpica, huge, season.ErrTooLarge, "4 MiB"},
		"cut off":             {jolpica, `{"MRData":{`, season.ErrFormat, "not JSON"},
		"two documents":       {jolpica, `{}{}`, season.ErrFormat, "text after the JSON"},
		"a list":              {jolpica, `[]`, season.ErrFormat, "holds array"},
		"another object":      {jolpica, `{"ok":true}`, season.ErrFormat, "no MRData.RaceTable"},
		"null":                {jolpica, `null`, season.ErrFormat, "no MRData.RaceTable"},
		"number for text":     {jolpica, race(`"date":20260308`), season.ErrFormat, "holds number"},
		"no season yet":       {jolpica, `{"MRData":{"RaceTable":{"Races":[]}}}`, season.ErrEmpty, "no event"},
		"bad date":            {jolpica, race(`"date":"8 March","time":"05:00:00Z"`), season.ErrFormat, `"8 March 05:00:00Z" is not a time`},
		"1970":                {jolpica, race(`"date":"1970-01-01","time":"00:00:00Z"`), season.ErrDate, "Northmoor, Race: an impossible date: 1970-01-01"},
		"2100":                {jolpica, race(`"date":"2100-01-01"`), season.ErrDate, "2100-01-01"},
		"no races":            {f1cal, `{"events":[]}`, season.ErrFormat, "no races"},
		"time is a number":    {f1cal, slot(`{"gp":1772942400}`), season.ErrFormat, "Northmoor, gp: not the calendar that was expected: a time that is not a string"},
		"sessions are a list": {f1cal, slot(`["gp"]`), season.ErrFormat, "holds array"},
		"1970 in f1calendar":  {f1cal, slot(`{"gp":"1970-01-01T00:00:00Z"}`), season.ErrDate, "1970-01-01"},
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

func TestTimesAreReadInTheFormsThatSeasonFilesUse(t *testing.T) {
	for text, want := range map[string]string{"2030-06-01T18:00:00Z": "18:00", "2030-06-01T18:00Z": "18:00", "2030-06-01T18:00:00": "18:00", "2030-06-01T20:00:00+02:00": "18:00", "2030-06-01T18:00:00.000Z": "18:00"} {
		at, err := parseISO(text)
		assert.NoError(t, err, text)
		assert.Equal(t, want, at.UTC().Format("15:04"), text)
	}
}
