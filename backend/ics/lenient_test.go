package ics

import (
	"strings"
	"testing"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
)

// The inputs of these tests are of the kinds that users of other calendar programs reported.

func TestACancellationInTheTitleIsRecognised(t *testing.T) {
	for _, title := range []string{
		"CANCELLED: Moor GP - Race", "Canceled - Moor GP - Race", "[CANCELLED] Moor GP - Race", "❌ CANCELLED ❌ Moor GP - Race", "POSTPONED: Moor GP - Race",
		"Moor GP - Race (Cancelled)", "Moor GP - Race - CANCELLED", "Moor GP - Race [canceled]", "Moor GP - Race | Postponed", "Moor GP: Race *CANCELLED*", "Moor GP - Race CANCELLED!",
	} {
		got, err := starts(t, vevent("DTSTART:20300601T180000Z", "SUMMARY:"+title))
		assert.NoError(t, err)
		assert.Equal(t, []string{"06-01 18:00 2h0m0s | cancelled"}, got, title)
		events, _ := parseICS([]byte(vcalendar(vevent("DTSTART:20300601T180000Z", "SUMMARY:"+title))), "cup", may2030)
		assert.Equal(t, "Moor GP", events[0].Name, title)
	}
	for status, off := range map[string]bool{"CANCELLED": true, "canceled": true, "POSTPONED": true, "EventCancelled": true, "TENTATIVE": false, "CONFIRMED": false, "": false} {
		events, err := parseICS([]byte(vcalendar(vevent("DTSTART:20300601T180000Z", "STATUS:"+status, "SUMMARY:Moor GP - Race"))), "cup", may2030)
		assert.NoError(t, err)
		assert.Equal(t, off, events[0].Sessions[0].Status == season.Cancelled, status)
	}
	for _, title := range []string{"Cancelled", "Postponed", "Uncancelled GP - Race", "The Cancelled Stamp GP - Race"} {
		events, err := parseICS([]byte(vcalendar(vevent("DTSTART:20300601T180000Z", "SUMMARY:"+title))), "cup", may2030)
		assert.NoError(t, err)
		assert.Empty(t, events[0].Sessions[0].Status, title)
	}
}

func TestAnEntryFromMidnightToMidnightIsADateWithoutATime(t *testing.T) {
	for lines, want := range map[string]string{
		"DTSTART;TZID=Europe/Berlin:20300601T000000\r\nDTEND;TZID=Europe/Berlin:20300602T000000\r\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE": "06-01",
		"DTSTART;TZID=Australia/Melbourne:20300601T000000\r\nDTEND;TZID=Australia/Melbourne:20300604T000000":                         "06-01",
		"DTSTART;TZID=Europe/Berlin:20300331T000000\r\nDTEND;TZID=Europe/Berlin:20300401T000000":                                     "03-31",
		"DTSTART:20300601T000000Z\r\nDURATION:P1D":                                                                                   "06-01",
		"DTSTART:20300601T000000Z\r\nDTEND:20300601T010000Z":                                                                         "06-01 00:00 1h0m0s",
		"DTSTART:20300601T140000Z\r\nDTEND:20300602T140000Z":                                                                         "06-01 14:00 24h0m0s",
		"DTSTART:20300601T220000Z\r\nDTEND:20300601T240000Z":                                                                         "06-01 22:00",
		"DTSTART;TZID=Europe/Berlin:20300601T200000\r\nDTEND;TZID=Europe/Berlin:20300602T000000":                                     "06-01 18:00 4h0m0s",
		"DTSTART;VALUE=DATE:20300601\r\nDTEND;VALUE=DATE:20300604":                                                                   "06-01",
		"DTSTART:20300601T220000Z\r\nDTEND;VALUE=DATE:20300602":                                                                      "06-01 22:00",
		"DTSTART:20300630T225960Z\r\nDTEND:20300630T235960Z":                                                                         "06-30 23:00 1h0m0s",
		"DTSTART:20300601T180000Z\r\nDURATION:pt1h 30m":                                                                              "06-01 18:00 1h30m0s",
		"DTSTART:20300601180000Z\r\nDURATION:P0DT1H30M0S":                                                                            "06-01 18:00 1h30m0s",
		"DTSTART:20300601T200000+02\r\nDURATION:PT1H":                                                                                "06-01 18:00 1h0m0s",
		"DTSTART;VALUE=DATE-TIME:20300601\r\nDTEND;VALUE=DATE-TIME:20300602":                                                         "06-01",
	} {
		got, err := starts(t, vevent("SUMMARY:Moor - Race", lines))
		assert.NoError(t, err, lines)
		assert.Equal(t, []string{want}, got, lines)
	}
	_, err := starts(t, vevent("DTSTART;VALUE=DATE-TIME:0NaNaNaNTaNaNaN", "SUMMARY:Moor - Race"))
	assert.EqualError(t, err, `line 3: Moor - Race: not the calendar that was expected: "0NaNaNaNTaNaNaN" is not a time`)
}

func TestAZoneIsReadAsProgramsDescribeIt(t *testing.T) {
	zone := func(parts ...string) string {
		out := "BEGIN:VTIMEZONE\r\nTZID:Track Time\r\n"
		for _, p := range parts {
			out += p
		}
		return out + "END:VTIMEZONE\r\n"
	}
	standard := func(lines ...string) string {
		return "BEGIN:STANDARD\r\n" + testcal.Text(lines...) + "END:STANDARD\r\n"
	}
	daylight := func(lines ...string) string {
		return "BEGIN:DAYLIGHT\r\n" + testcal.Text(lines...) + "END:DAYLIGHT\r\n"
	}
	for name, tc := range map[string]struct {
		zone           string
		summer, winter string
	}{
		"changes in one list": {zone(standard("DTSTART:19700101T000000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RDATE:20291028T030000,20301027T030000"),
			daylight("DTSTART:19700401T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "RDATE:20290325T020000,20300331T020000")), "07:00", "08:00"},
		"changes that say UTC":         {zone(standard("DTSTART:20291028T030000Z", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "RDATE:20301027T030000Z"), daylight("DTSTART:20300331T020000Z", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200")), "07:00", "08:00"},
		"offsets in hours":             {zone(standard("DTSTART:19700101T000000", "TZOFFSETFROM:+02", "TZOFFSETTO:+02")), "07:00", "07:00"},
		"offsets of three digits":      {zone(standard("DTSTART:19700101T000000", "TZOFFSETFROM:+200", "TZOFFSETTO:+200")), "07:00", "07:00"},
		"offsets with seconds":         {zone(standard("DTSTART:19700101T000000", "TZOFFSETFROM:+010000", "TZOFFSETTO:+020000")), "07:00", "07:00"},
		"a part that says nothing":     {zone(standard("DTSTART:19700101T000000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0200"), daylight("X-NAME:UTC")), "07:00", "07:00"},
		"a start that is not its rule": {zone(daylight("DTSTART:20291020T000000", "TZOFFSETFROM:-0300", "TZOFFSETTO:-0200", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=3SA;BYMONTH=10"), standard("DTSTART:20300217T000000", "TZOFFSETFROM:-0200", "TZOFFSETTO:-0300", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=3SA;BYMONTH=2")), "12:00", "11:00"},
		"the years since 1601": {zone(standard("DTSTART:16010101T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11"),
			daylight("DTSTART:16010101T020000", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3")), "13:00", "14:00"},
	} {
		got, err := readLines(t, vcalendar(tc.zone, vevent("DTSTART;TZID=Track Time:20300524T090000", "SUMMARY:Summer GP - Race"), vevent("DTSTART;TZID=Track Time:20301224T090000", "SUMMARY:Winter GP - Race")))
		assert.NoError(t, err, name)
		assert.Equal(t, []string{"Summer GP | race | Race | 2030-05-24 " + tc.summer + " 2h0m0s", "Winter GP | race | Race | 2030-12-24 " + tc.winter + " 2h0m0s"}, got, name)
	}
	got, err := readLines(t, "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nTZ:+02\r\n"+vevent("DTSTART:20300524T150000", "SUMMARY:GP of Northmoor - Race")+"END:VCALENDAR\r\n")
	assert.NoError(t, err)
	assert.Equal(t, []string{raceLine}, got, "vCalendar 1.0 names its zone by TZ")
}

func TestExceptionsSeparatedBySemicolonsAreRead(t *testing.T) {
	got, err := starts(t, vevent("UID:1", "DTSTART:20300601T180000Z", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20300608T180000Z;20300615T180000Z", "SUMMARY:Moor - Race"))
	assert.NoError(t, err)
	assert.Equal(t, []string{"06-01 18:00", "06-22 18:00"}, got)
}

func TestATitleNamesTheEventAndNotItsSeries(t *testing.T) {
	for title, want := range map[string]string{
		"MotoGP | Moor | Sprint":                 "Moor | sprint | Sprint",
		"Formula 1: Race (Moor)":                 "Moor | race | Race",
		"🏁 F1: Race (Moor GP)":                   "Moor GP | race | Race",
		"FIA WEC 2030 - Race - Moor":             "Moor | race | Race",
		"MotoGP: Race":                           "MotoGP | race | Race",
		"Gara | Moor":                            "Moor | race | Gara",
		"Course 2 (Moor)":                        "Moor | race | Course 2",
		"Formula 1 Rolex Moor Grand Prix - Race": "Formula 1 Rolex Moor Grand Prix | race | Race",
		`Moor GP\: Race`:                         "Moor GP | race | Race",
		`\"Moor\" GP\: Race`:                     `"Moor" GP | race | Race`,
		`Moor\\: Race`:                           `Moor\ | race | Race`,
	} {
		got, err := readLines(t, vcalendar(vevent("DTSTART:20300601T180000Z", "DURATION:PT2H", "SUMMARY:"+title)))
		assert.NoError(t, err)
		assert.Equal(t, []string{want + " | 2030-06-01 18:00 2h0m0s"}, got, title)
	}
}

func TestARaceNameIsNotMistakenForASeries(t *testing.T) {
	got, err := readLines(t, vcalendar(vevent("DTSTART:20300601T180000Z", "SUMMARY:Porsche Carrera Cup: Qualifying (Moor)"), vevent("DTSTART:20300602T180000Z", "SUMMARY:Porsche Carrera Cup - Moor - Race 1")))
	assert.NoError(t, err)
	assert.Equal(t, []string{"qualifying", "race"}, []string{strings.Split(got[0], " | ")[1], strings.Split(got[1], " | ")[1]})
}

func TestSessionsAreRecognisedInOtherLanguages(t *testing.T) {
	for name, want := range map[string]season.Type{
		"Rennen": season.Race, "1. Freies Training": season.FP1, "Freies Training 3": season.FP3, "Freies Training": season.Other, "Qualifikation": season.Qualifying, "Sprint-Qualifikation": season.SprintQualifying,
		"Course": season.Race, "Essais Libres 1": season.FP1, "Qualifications": season.Qualifying, "Course sprint": season.Sprint, "Qualifications sprint": season.SprintQualifying,
		"Carrera": season.Race, "Libres 2": season.FP2, "Clasificación": season.Qualifying, "Carrera Sprint": season.Sprint, "Clasificación Sprint": season.SprintQualifying,
		"Gara": season.Race, "Prove Libere 1": season.FP1, "Qualifiche": season.Qualifying, "Gara Sprint": season.Sprint, "Qualifiche Sprint": season.SprintQualifying,
		"Corrida": season.Race, "Treino Livre 2": season.FP2, "Classificação": season.Qualifying, "Vrije training 1": season.FP1, "Kwalificatie": season.Qualifying,
		"Porsche Carrera Cup": season.Other, "Parque dos Libres": season.Other, "Golf course": season.Other, "Course walk": season.Other, "Race": season.Race, "Practice 1": season.FP1, "Garage tour": season.Other,
	} {
		assert.Equal(t, want, season.TypeOf(name), name)
	}
}
