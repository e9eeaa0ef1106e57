package ics

import (
	"strings"
	"testing"
	"time"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnICSWeekendIsOneEvent(t *testing.T) {
	events, err := parseICS(testcal.File(t, "cup.ics"), "", saturday)
	require.ErrorIs(t, err, season.ErrFormat)
	assert.ErrorContains(t, err, `Lakes Race: not the calendar that was expected: the time zone "Nowhere/Atall" is not known`)
	require.Len(t, events, 3, "the readable entries are used")
	e := events[0]
	assert.Equal(t, []string{"endurance-cup-2026-6-hours-of-northmoor", "endurance-cup", "6 Hours of Northmoor", "Northmoor Heath", "Northmoor", "Moorland"},
		[]string{e.ID, e.Series, e.Name, e.Circuit, e.Locality, e.Country})
	assert.Equal(t, []string{
		"fp1 | Free Practice 1 | 2026-04-24 09:00 1h30m0s", "qualifying | Qualifying | 2026-04-25 12:00 40m0s",
		"race | Race | 2026-04-26 10:00 6h0m0s | cancelled",
	}, testcal.Lines(e), "UTC, a zone of its own, and the calendar's zone")
	assert.Equal(t, []string{"other | 24 Hours of Verana | 2026-06-13"}, testcal.Lines(events[1]))
	assert.Equal(t, []string{"sprint | Sprint | 2026-07-11 10:00 1h0m0s"}, testcal.Lines(events[2]))
	assert.Equal(t, "Lakes", events[2].Name)
}

func TestAnEntryListedTwiceIsOneSession(t *testing.T) {
	const entry = "BEGIN:VEVENT\r\nSUMMARY:Cup: Race (Northmoor)\r\nDTSTART:20260308T050000Z\r\nEND:VEVENT\r\n"
	again := strings.Replace(entry, "20260308", "20260920", 1)
	events, err := parseICS([]byte("BEGIN:VCALENDAR\r\n"+entry+entry+again+"END:VCALENDAR\r\n"), "cup", saturday)
	require.NoError(t, err)
	require.Len(t, events, 2, "the same name half a year later is another weekend")
	assert.Len(t, events[0].Sessions, 1)
	assert.Equal(t, []string{"cup-2026-northmoor", "cup-2026-northmoor-0920"}, []string{events[0].ID, events[1].ID})
}

func TestDurationsAreReadAsRFC5545WritesThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1H30M": 90 * time.Minute, "P1D": 24 * time.Hour, "P1DT2H": 26 * time.Hour, "PT90S": 90 * time.Second, "P1W": 7 * 24 * time.Hour, "+PT5M": 5 * time.Minute,
		"": 0, "-PT5M": 0, "PT": 0, "PT5": 0, "5M": 0, "PTM": 0, "PT999999999999H": 0,
	} {
		assert.Equal(t, want, parseDuration(text), text)
	}
}

func TestAddressesOfCalendarAppsAreFetchedOverHTTPS(t *testing.T) {
	for _, address := range []string{
		"webcal://calendar.test/x.ics", "WEBCALS://calendar.test/x.ics", " webcal://calendar.test/x.ics ", "webcal:calendar.test/x.ics", "webcal://https://calendar.test/x.ics",
		"webcal:https://calendar.test/x.ics", "feed://calendar.test/x.ics", "https://calendar.test/x.ics",
	} {
		assert.Equal(t, "https://calendar.test/x.ics", New(address, "", nil).url, address)
	}
	assert.Equal(t, "https://http.test/x.ics", New("webcal://http.test/x.ics", "", nil).url)
	assert.Equal(t, "http://calendar.test/x.ics", New("webcal://http://calendar.test/x.ics", "", nil).url)
	assert.Equal(t, "calendars/x.ics", New("calendars/x.ics", "", nil).url)
}

func TestABrokenICSCalendarIsOneClearError(t *testing.T) {
	huge := strings.Repeat(" ", season.MaxBody) + "{}"
	type parser func([]byte) ([]season.Event, error)
	calendar := parser(func(b []byte) ([]season.Event, error) { return parseICS(b, "", saturday) })
	entry := func(text string) string {
		return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" + text + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	for name, tc := range map[string]struct {
		parse parser
		body  string
		is    error
		says  string
	}{
		"empty ics":               {calendar, "", season.ErrFormat, "the answer is empty"},
		"web page for ics":        {calendar, "<html>", season.ErrFormat, "a web page"},
		"10 MB of ics":            {calendar, huge, season.ErrTooLarge, "4 MiB"},
		"no calendar":             {calendar, "hello", season.ErrFormat, "not the calendar"},
		"JSON for ics":            {calendar, `{"races":[]}`, season.ErrFormat, "not the calendar"},
		"empty calendar":          {calendar, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", season.ErrEmpty, "no event"},
		"entry without start":     {calendar, entry("SUMMARY:Race"), season.ErrFormat, "Race: not the calendar that was expected: an entry without a start"},
		"entry without name":      {calendar, entry("DTSTART:20260308T050000Z"), season.ErrFormat, "without a name"},
		"bad time":                {calendar, entry("SUMMARY:Race\r\nDTSTART:tomorrow"), season.ErrFormat, `"tomorrow" is not a time`},
		"1970 in ics":             {calendar, entry("SUMMARY:Race\r\nDTSTART:19700101T000000Z"), season.ErrDate, "1970-01-01"},
		"2100 in ics":             {calendar, entry("SUMMARY:Race\r\nDTSTART;VALUE=DATE:21000101"), season.ErrDate, "2100-01-01"},
		"zone that is a path":     {calendar, entry("SUMMARY:Race\r\nDTSTART;TZID=../../etc/passwd:20260308T050000"), season.ErrFormat, "is not known"},
		"zone named like no zone": {calendar, entry("SUMMARY:Race\r\nDTSTART;TZID=Local:20260308T050000"), season.ErrFormat, "is not known"},
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
