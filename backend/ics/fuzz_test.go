package ics

import (
	"bytes"
	"testing"

	ical "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"

	"gridwall/internal/testcal"
)

func FuzzICS(f *testing.F) {
	f.Add(testcal.File(f, "cup.ics"))
	f.Add(testcal.File(f, "club.ics"))
	for _, entry := range []string{
		raceEntry, amsterdam + qualifyingEntry, vevent("UID:1", "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20300524T150000", "DURATION:-PT1H", "SUMMARY:GP of Northmoor - Race"),
		vevent("UID:1", "DTSTART:20300601T180000Z", "RRULE:FREQ=WEEKLY;COUNT=6", "EXDATE;VALUE=DATE:20300608", "RDATE;VALUE=PERIOD:20300610T100000Z/PT1H", "EXRULE:FREQ=DAILY;COUNT=2", "SUMMARY:Moor - Race") +
			vevent("UID:1", "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20300615", "DTSTART:20300615T200000Z"),
		packed(vcalendar(raceEntry)),
		vevent("UID:1", "SEQUENCE:0", "DTSTART:20300601T180000Z", "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1251:=D1=EE=F7=E8 =C3=\r\n=A3 &amp;notes; - Rennen (Cancelled)") +
			vevent("UID:1", "SEQUENCE:1", "DTSTART:20300608T180000Z", "SUMMARY:S\xc3\r\n \xa3o \x96 Race") + vevent("UID:1", "SEQUENCE:2", "DTSTART:20300615T240000Z", "SUMMARY:MotoGP: Race"),
		vevent("UID:1", "DTSTART;TZID=Australia/Melbourne:20300601T000000", "DTEND;TZID=Australia/Melbourne:20300602T000000", "RRULE:FREQ=WEEKLY;COUNT=6", "EXDATE:20300608T180000Z;20300615", "SUMMARY:Moor - Race") +
			vevent("UID:1", "RECURRENCE-ID:20300607T135960Z", "DTSTART:20300608T190000Z") + vevent("UID:1", "RECURRENCE-ID;VALUE=DATE:20300607T000000Z", "DTSTART:20300608T200000Z"),
	} {
		f.Add([]byte(vcalendar("X-WR-TIMEZONE:W. Europe Standard Time\r\n", entry)))
		f.Add([]byte(entry))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := parseICS(body, "", saturday)
		testcal.Check(t, events, err)
	})
}

func FuzzNormalise(f *testing.F) {
	f.Add(testcal.File(f, "cup.ics"))
	f.Add(testcal.File(f, "club.ics"))
	for _, body := range []string{
		vcalendar("METHOD:PUBLISH\r\n", raceEntry, "X-WR-TIMEZONE:Europe/London\r\n", qualifyingEntry), vcalendar(raceEntry) + vcalendar(qualifyingEntry) + amsterdam,
		"<html>BEGIN:VCALENDAR\r\n" + raceEntry, "BEGIN:VEVENT\rDTSTART;TZID=\"a\\:20300524T13\rBEGIN:VALARM\rSUMMARY;;=:x", "BEGIN:VEVENT\nSUMMARY;ENCODING=QUOTED-PRINTABLE:=0D=0ABEGIN:VEVENT=\n",
		"BEGIN:VEVENT\nDTSTART;TZID=\nEurope/London:20300524T130000\n \x00\xff\n;\n", "BEGIN:VTIMEZONE\nTZID:\\\nBEGIN:STANDARD\nBEGIN:DAYLIGHT\n",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := normalise(body)
		if err != nil {
			return
		}
		calendar, err := ical.ParseCalendar(bytes.NewReader(out.text))
		if !assert.NoError(t, err, "a normalised text is valid") {
			return
		}
		assert.Len(t, calendar.Events(), len(out.entries))
		assert.Len(t, calendar.Timezones(), len(out.zones))
		again, err := normalise(out.text)
		assert.NoError(t, err)
		assert.Equal(t, string(out.text), string(again.text), "normalising again changes nothing")
	})
}
