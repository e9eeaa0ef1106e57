package ics

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATitleKeepsItsAmpersands(t *testing.T) {
	for title, want := range map[string]string{
		"Drivers&notes": "Drivers&notes", "Drivers&notes;": "Drivers&notes;", "Moor &amp; Heath": "Moor & Heath", "Moor &amp;amp; Heath": "Moor & Heath",
		"Moor &#8211 Heath": "Moor &#8211 Heath", "Moor&amp;#39;s": "Moor's", "Gro&szlig;er Preis": "Großer Preis", "AT&T; Moor": "AT&T; Moor",
		"Q&A; Moor": "Q&A; Moor", "Moor&copyright": "Moor&copyright", "&lt;Moor&gt;": "<Moor>", "Moor&nbsp;Heath": "Moor Heath", "Moor&#x2019;s": "Moor’s",
		"Moor&semi; Heath": "Moor; Heath", "R&D &amp; Moor &": "R&D & Moor &", "Moor&#0;&#x110000;": "Moor\ufffd\ufffd",
	} {
		events, err := parseICS([]byte(vcalendar(vevent("UID:1", "DTSTART:20300524T130000Z", "SUMMARY:"+title+" - Race", "LOCATION:"+title))), "cup", may2030)
		require.NoError(t, err, title)
		assert.Equal(t, want, events[0].Name, title)
		assert.Equal(t, want, events[0].Circuit, title)
	}
}

func TestDifferentEntriesWithOneUIDAreKept(t *testing.T) {
	entry := func(n int, day, title string, more ...string) string {
		return vevent(append([]string{"UID:1", fmt.Sprintf("SEQUENCE:%d", n), "DTSTART:2030" + day + "0000Z", "SUMMARY:" + title}, more...)...)
	}
	for name, tc := range map[string]struct {
		parts []string
		want  []string
	}{
		"races of a season, counted": {[]string{entry(0, "0601T18", "Moor - Race"), entry(1, "0615T18", "Heath - Race")}, []string{"Moor 06-01 18", "Heath 06-15 18"}},
		"sessions of a weekend, counted": {[]string{entry(0, "0601T10", "Moor - Practice 1"), entry(1, "0601T14", "Moor - Qualifying"), entry(2, "0602T14", "Moor - Race")},
			[]string{"Moor 06-01 10", "Moor 06-01 14", "Moor 06-02 14"}},
		"two sessions of a weekend":                     {[]string{entry(0, "0601T14", "Moor - Qualifying"), entry(1, "0602T14", "Moor - Race")}, []string{"Moor 06-01 14", "Moor 06-02 14"}},
		"what recurs, written out and counted":          {[]string{entry(1, "0601T18", "Moor - Race"), entry(2, "0608T18", "Moor - Race"), entry(3, "0615T18", "Moor - Race"), entry(4, "0622T18", "Moor - Race")}, []string{"Moor 06-01 18", "Moor 06-08 18", "Moor 06-15 18", "Moor 06-22 18"}},
		"what recurs, written out":                      {[]string{entry(0, "0601T18", "Moor - Race"), entry(0, "0608T18", "Moor - Race"), entry(0, "0615T18", "Moor - Race")}, []string{"Moor 06-01 18", "Moor 06-08 18", "Moor 06-15 18"}},
		"what recurs, stamped while it was written":     {[]string{entry(0, "0601T18", "Moor - Race", "DTSTAMP:20300101T000001Z"), entry(0, "0608T18", "Moor - Race", "DTSTAMP:20300101T000002Z"), entry(0, "0615T18", "Moor - Race", "DTSTAMP:20300101T000003Z")}, []string{"Moor 06-01 18", "Moor 06-08 18", "Moor 06-15 18"}},
		"classes of one day, counted":                   {[]string{entry(0, "0602T11", "Moto3 - Race"), entry(1, "0602T12", "Moto2 - Race"), entry(2, "0602T14", "MotoGP - Race")}, []string{"Moto3 06-02 11", "Moto2 06-02 12", "MotoGP 06-02 14"}},
		"a race that was moved":                         {[]string{entry(0, "0601T18", "Moor - Race"), entry(1, "0629T18", "Moor - Race")}, []string{"Moor 06-29 18"}},
		"a race that was moved twice":                   {[]string{entry(0, "0601T18", "Moor - Race", "DTSTAMP:20300101T000000Z"), entry(1, "0629T18", "Moor - Race", "DTSTAMP:20300201T000000Z"), entry(2, "0706T18", "Moor - Race", "DTSTAMP:20300301T000000Z")}, []string{"Moor 07-06 18"}},
		"a race that was renamed":                       {[]string{entry(0, "0601T18", "Moor - Race"), entry(1, "0601T18", "Heath - Race")}, []string{"Heath 06-01 18"}},
		"a session that was renamed":                    {[]string{entry(0, "0601T18", "Moor - Practice 2"), entry(1, "0601T18", "Moor - Sprint Qualifying")}, []string{"Moor 06-01 18"}},
		"a race that was renamed and moved by a day":    {[]string{entry(0, "0601T18", "Moor - Race"), entry(1, "0602T18", "Heath - Race")}, []string{"Heath 06-02 18"}},
		"revisions and something else":                  {[]string{entry(0, "0601T18", "Moor - Race"), entry(3, "0602T18", "Moor - Race"), entry(1, "0901T18", "Heath - Race")}, []string{"Moor 06-02 18", "Heath 09-01 18"}},
		"one of them called off":                        {[]string{entry(0, "0601T18", "Moor - Race", "STATUS:CANCELLED"), entry(1, "0615T18", "Heath - Race"), entry(2, "0629T18", "Lake - Race")}, []string{"Moor 06-01 18", "Heath 06-15 18", "Lake 06-29 18"}},
		"a series, and exceptions with its SEQUENCE":    {[]string{entry(3, "0601T18", "Moor - Race", "RRULE:FREQ=WEEKLY;COUNT=2"), entry(4, "0608T20", "Moor - Race", "RECURRENCE-ID:20300608T180000Z")}, []string{"Moor 06-01 18", "Moor 06-08 20"}},
		"an exception older than its series":            {[]string{entry(9, "0601T18", "Moor - Race", "RRULE:FREQ=WEEKLY;COUNT=2"), entry(0, "0608T20", "Moor - Race", "RECURRENCE-ID:20300608T180000Z")}, []string{"Moor 06-01 18", "Moor 06-08 20"}},
		"one exception under two names of its zone":     {[]string{entry(0, "0601T18", "Moor - Race", "RRULE:FREQ=WEEKLY;COUNT=2"), entry(2, "0608T20", "Moor - Race", "RECURRENCE-ID;TZID=Europe/Berlin:20300608T200000"), entry(1, "0608T22", "Moor - Race", "RECURRENCE-ID:20300608T180000Z")}, []string{"Moor 06-01 18", "Moor 06-08 20"}},
		"two exceptions at one time of different zones": {[]string{entry(0, "0601T18", "Moor - Race", "RRULE:FREQ=DAILY;COUNT=2", "RDATE:20300601T160000Z"), entry(1, "0601T19", "Moor - Race", "RECURRENCE-ID:20300601T180000Z"), entry(1, "0601T17", "Moor - Race", "RECURRENCE-ID;TZID=Europe/Berlin:20300601T180000")}, []string{"Moor 06-01 17", "Moor 06-01 19", "Moor 06-02 18"}},
	} {
		for _, order := range []string{"as written", "turned round"} {
			t.Run(name+", "+order, func(t *testing.T) {
				parts := append([]string{}, tc.parts...)
				if order == "turned round" {
					for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
						parts[i], parts[j] = parts[j], parts[i]
					}
				}
				events, err := parseICS([]byte(vcalendar(parts...)), "cup", may2030)
				assert.NoError(t, err)
				var got []string
				for _, e := range events {
					for _, s := range e.Sessions {
						got = append(got, e.Name+" "+s.Start.Format("01-02 15"))
					}
				}
				assert.ElementsMatch(t, tc.want, got)
			})
		}
	}
}

func TestAnExceptionMatchesTheOccurrenceOfItsDayInAnyZone(t *testing.T) {
	const melbourne, honolulu, auckland = "DTSTART;TZID=Australia/Melbourne:20300601T090000", "DTSTART;TZID=Pacific/Honolulu:20300601T200000", "DTSTART;TZID=Pacific/Auckland:20300601T110000"
	weekly := func(start string) string {
		return vevent("UID:1", start, "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:Moor - Race")
	}
	daily := func(start string) string {
		return vevent("UID:1", start, "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Moor - Race")
	}
	gone := func(id string) string {
		return vevent("UID:1", id, "DTSTART:20300620T120000Z", "SUMMARY:Moor - Race")
	}
	for name, tc := range map[string]struct {
		head, series, exception string
		want                    []string
	}{
		"a day, ahead of UTC":                     {"", weekly(melbourne), "RECURRENCE-ID;VALUE=DATE:20300608", []string{"05-31 23", "06-14 23", "06-20 12"}},
		"a day, behind UTC":                       {"", weekly(honolulu), "RECURRENCE-ID;VALUE=DATE:20300608", []string{"06-02 06", "06-16 06", "06-20 12"}},
		"a day among days, ahead of UTC":          {"", daily(melbourne), "RECURRENCE-ID;VALUE=DATE:20300602", []string{"05-31 23", "06-02 23", "06-20 12"}},
		"a day among days, behind UTC":            {"", daily(honolulu), "RECURRENCE-ID;VALUE=DATE:20300602", []string{"06-02 06", "06-04 06", "06-20 12"}},
		"a day with a time that says UTC":         {"", daily(melbourne), "RECURRENCE-ID;VALUE=DATE:20300602T000000Z", []string{"05-31 23", "06-02 23", "06-20 12"}},
		"the day of UTC, ahead of it":             {"", weekly(melbourne), "RECURRENCE-ID;VALUE=DATE:20300607", []string{"05-31 23", "06-14 23", "06-20 12"}},
		"a day of the calendar's zone for UTC":    {"X-WR-TIMEZONE:Australia/Melbourne\r\n", weekly("DTSTART:20300531T230000Z"), "RECURRENCE-ID;VALUE=DATE:20300608", []string{"05-31 23", "06-14 23", "06-20 12"}},
		"another zone, another day":               {"", daily(auckland), "RECURRENCE-ID;TZID=Europe/Paris:20300602T010000", []string{"05-31 23", "06-02 23", "06-20 12"}},
		"no zone, and UTC meant":                  {"X-WR-TIMEZONE:America/New_York\r\n", weekly("DTSTART;TZID=America/New_York:20300604T200000"), "RECURRENCE-ID:20300612T000000", []string{"06-05 00", "06-19 00", "06-20 12"}},
		"a time of a day, in UTC, in its zone":    {"X-WR-TIMEZONE:Europe/Berlin\r\n", daily("DTSTART;VALUE=DATE:20300601"), "RECURRENCE-ID:20300601T220000Z", []string{"06-01", "06-03", "06-20 12"}},
		"a time of a day, in UTC, in no zone":     {"", weekly("DTSTART;VALUE=DATE:20300601"), "RECURRENCE-ID:20300607T220000Z", []string{"06-01", "06-15", "06-20 12"}},
		"a time of a day, in UTC, in the west":    {"", weekly("DTSTART;VALUE=DATE:20300601"), "RECURRENCE-ID:20300608T050000Z", []string{"06-01", "06-15", "06-20 12"}},
		"the time that the series had before":     {"", weekly("DTSTART:20300601T180000Z"), "RECURRENCE-ID:20300608T160000Z", []string{"06-01 18", "06-15 18", "06-20 12"}},
		"an hour off by the change of the clocks": {"", weekly("DTSTART;TZID=Europe/Berlin:20300601T200000"), "RECURRENCE-ID:20300608T190000Z", []string{"06-01 18", "06-15 18", "06-20 12"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := starts(t, tc.head, tc.series, gone(tc.exception))
			assert.NoError(t, err)
			for i := range got {
				got[i] = strings.TrimSuffix(got[i], ":00")
			}
			assert.ElementsMatch(t, tc.want, got)
		})
	}
	got, err := starts(t, weekly("DTSTART:20300601T180000Z"), vevent("UID:1", "RECURRENCE-ID:20300608T180000Z", "DTSTART:20300608T190000Z", "SUMMARY:Moor - Race"),
		vevent("UID:1", "RECURRENCE-ID:20300608T100000Z", "DTSTART:20300608T110000Z", "SUMMARY:Moor - Race"))
	assert.NoError(t, err)
	assert.ElementsMatch(t, []string{"06-01 18:00", "06-08 19:00", "06-08 11:00", "06-15 18:00"}, got, "an occurrence that one exception replaces is not replaced by a second")
	got, err = starts(t, strings.Replace(weekly("DTSTART:20300601T180000Z"), "SUMMARY", "EXDATE:20300608T160000Z\r\nSUMMARY", 1))
	assert.NoError(t, err)
	assert.Len(t, got, 3, "an EXDATE that matches no occurrence excludes nothing")
}
