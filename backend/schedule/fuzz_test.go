package schedule

import (
	"bytes"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
)

// check holds what must be true of whatever a parser returns.
func check(t *testing.T, events []Event, err error) {
	if err == nil {
		assert.NotEmpty(t, events, "no event is an error")
	}
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, e := range events {
		assert.NotEmpty(t, e.ID)
		assert.NotEmpty(t, e.Name)
		assert.NotEmpty(t, e.Sessions)
		for _, s := range e.Sessions {
			assert.Equal(t, s.Start == nil, s.End == nil)
			assert.Equal(t, s.Start == nil, s.Date != "")
			if s.Start != nil {
				assert.True(t, s.End.After(*s.Start))
				assert.Equal(t, time.UTC, s.Start.Location())
			}
			assert.Contains(t, []Status{Past, Live, Upcoming, Cancelled}, s.statusAt(now))
		}
	}
}

func FuzzJolpica(f *testing.F) {
	f.Add(file(f, "jolpica.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := parseJolpica(body)
		check(t, events, err)
	})
}

func FuzzF1Calendar(f *testing.F) {
	f.Add(file(f, "f1calendar.json"), file(f, "f1calendar-config.json"))
	f.Fuzz(func(t *testing.T, body, config []byte) {
		events, err := parseF1Calendar(body, "f1", 2026, parseLengths(config))
		check(t, events, err)
	})
}

func FuzzICS(f *testing.F) {
	f.Add(file(f, "cup.ics"))
	f.Add(file(f, "club.ics"))
	for _, entry := range []string{
		raceEntry, amsterdam + qualifyingEntry, vevent("UID:1", "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin:20300524T150000", "DURATION:-PT1H", "SUMMARY:GP of Northmoor - Race"),
		vevent("UID:1", "DTSTART:20300601T180000Z", "RRULE:FREQ=WEEKLY;COUNT=6", "EXDATE;VALUE=DATE:20300608", "RDATE;VALUE=PERIOD:20300610T100000Z/PT1H", "EXRULE:FREQ=DAILY;COUNT=2", "SUMMARY:Moor - Race") +
			vevent("UID:1", "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20300615", "DTSTART:20300615T200000Z"),
		packed(vcalendar(raceEntry)),
	} {
		f.Add([]byte(vcalendar("X-WR-TIMEZONE:W. Europe Standard Time\r\n", entry)))
		f.Add([]byte(entry))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := parseICS(body, "", saturday)
		check(t, events, err)
	})
}

func FuzzOverrides(f *testing.F) {
	f.Add([]byte(everyOverride))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := ParseOverrides("overrides.toml", text, time.UTC)
		for _, p := range o.Problems() {
			assert.Regexp(t, `^overrides\.toml(:\d+)?: [^\n]+$`, p)
		}
		events, problems := o.apply([]Event{race("f1-2026-5", "f1", "Moor Grand Prix", saturday)}, saturday, true)
		for _, p := range problems {
			assert.NotContains(t, p, "\n")
		}
		check(t, events, nil)
	})
}

func FuzzTidy(f *testing.F) {
	f.Add(file(f, "cup.ics"))
	f.Add(file(f, "club.ics"))
	for _, body := range []string{
		vcalendar("METHOD:PUBLISH\r\n", raceEntry, "X-WR-TIMEZONE:Europe/London\r\n", qualifyingEntry), vcalendar(raceEntry) + vcalendar(qualifyingEntry) + amsterdam,
		"<html>BEGIN:VCALENDAR\r\n" + raceEntry, "BEGIN:VEVENT\rDTSTART;TZID=\"a\\:20300524T13\rBEGIN:VALARM\rSUMMARY;;=:x", "BEGIN:VEVENT\nSUMMARY;ENCODING=QUOTED-PRINTABLE:=0D=0ABEGIN:VEVENT=\n",
		"BEGIN:VEVENT\nDTSTART;TZID=\nEurope/London:20300524T130000\n \x00\xff\n;\n", "BEGIN:VTIMEZONE\nTZID:\\\nBEGIN:STANDARD\nBEGIN:DAYLIGHT\n",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := tidy(body)
		if err != nil {
			return
		}
		calendar, err := ical.ParseCalendar(bytes.NewReader(out.text))
		if !assert.NoError(t, err, "what is tidy is read") {
			return
		}
		assert.Len(t, calendar.Events(), len(out.entries))
		assert.Len(t, calendar.Timezones(), len(out.zones))
		again, err := tidy(out.text)
		assert.NoError(t, err)
		assert.Equal(t, string(out.text), string(again.text), "what is tidy stays as it is")
	})
}
