package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecurringEntriesAreExpandedWithTheirExceptions(t *testing.T) {
	events, err := parseICS(testcal.File(t, "club.ics"), "", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	require.ErrorIs(t, err, errRules)
	assert.ErrorContains(t, err, "Club Cup: Race (Clock Tower Hill): an unsupported recurrence rule")
	var got []string
	for _, e := range events {
		for _, line := range testcal.Lines(e) {
			got = append(got, e.Name+" | "+line)
		}
	}
	assert.Equal(t, []string{
		"Clock Tower Hill | race | Race | 2026-01-01 12:00 2h0m0s", // its own date counts
		"Moor Park | race | Race | 2026-03-14 13:00 1h30m0s",
		"Moor Park | race | Race | 2026-03-28 16:00 1h30m0s", // moved by its exception
		"Moor Park | race | Race | 2026-04-25 12:00 1h30m0s", // summer time by the calendar's own rules; 11 April is left out
		"Moor Park | race | Race | 2026-05-02 12:00 2h0m0s | cancelled",
		"Hill Climb | race | Race | 2026-06-06",
		"Lake Loop | race | Race | 2026-07-04 12:00 2h0m0s | cancelled",
		"Sand Bowl | race | Race | 2026-08-01 12:00 2h0m0s", // the last revision
	}, got)
	for _, e := range events {
		for _, s := range e.Sessions {
			moved := s.Start != nil && s.Start.Format(time.DateOnly) == "2026-03-28"
			if assert.Equal(t, moved, s.MovedFrom != nil, "%s", e.Name) && moved {
				assert.Equal(t, "2026-03-28 13:00", s.MovedFrom.Format("2006-01-02 15:04"))
			}
		}
	}
}

func TestAWeeklyRaceKeepsItsLocalTimeAcrossClockChanges(t *testing.T) {
	now := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	for zone, want := range map[string][3]string{
		"Europe/London":       {"03-22 15:00", "03-29 14:00", "04-05 14:00"},
		"Australia/Melbourne": {"03-22 04:00", "03-29 04:00", "04-05 05:00"},
		"America/Los_Angeles": {"03-22 22:00", "03-29 22:00", "04-05 22:00"},
		"Asia/Kolkata":        {"03-22 09:30", "03-29 09:30", "04-05 09:30"},
		"America/Sao_Paulo":   {"03-22 18:00", "03-29 18:00", "04-05 18:00"},
	} {
		body := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Cup: Race (Moor)\r\nDTSTART;TZID=" + zone + ":20260322T150000\r\nRRULE:FREQ=WEEKLY;UNTIL=20260406T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		events, err := parseICS([]byte(body), "cup", now)
		require.NoError(t, err, zone)
		require.Len(t, events, 3)
		for i, e := range events {
			assert.Equal(t, want[i], e.Sessions[0].Start.Format("01-02 15:04"), zone)
		}
	}
}

func TestARuleTakesBoundedWork(t *testing.T) {
	now := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	entry := func(start, rule string) string {
		return "BEGIN:VEVENT\r\nUID:" + start + rule + "\r\nSUMMARY:Cup: Race (Moor)\r\nDTSTART:" + start + "\r\n" + rule + "\r\nEND:VEVENT\r\n"
	}
	for name, tc := range map[string]struct{ rule, says string }{
		"every second":     {"RRULE:FREQ=SECONDLY", "unsupported recurrence rule"},
		"every minute":     {"RRULE:FREQ=MINUTELY;COUNT=3", "unsupported recurrence rule"},
		"many times a day": {"RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5", "unsupported recurrence rule"},
		"a great interval": {"RRULE:FREQ=MONTHLY;INTERVAL=9223372036854775807", "unsupported recurrence rule"},
		"no rule":          {"RRULE:FREQ=NEVER", "expected"},
		"a long rule":      {"RRULE:FREQ=YEARLY;BYYEARDAY=" + strings.Repeat("1,", 400) + "1", "longer than"},
		"too many dates":   {"RRULE:FREQ=DAILY;BYHOUR=9,12", "more than 500 dates"},
		"no day of it":     {"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ""},
		"a bad exception":  {"RRULE:FREQ=YEARLY\r\nEXDATE:tomorrow", "is not a time"},
	} {
		events, err := parseICS([]byte("BEGIN:VCALENDAR\r\n"+entry("20260101T120000Z", tc.rule)+"END:VCALENDAR\r\n"), "cup", now)
		assert.NotEmpty(t, events, "%s: its own date counts", name)
		if tc.says == "" {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorContains(t, err, tc.says, name)
		}
	}
	weekly := entry("19850105T120000Z", "RRULE:FREQ=WEEKLY;INTERVAL=3") // a Saturday 41 years ago
	events, err := parseICS([]byte("BEGIN:VCALENDAR\r\n"+weekly+"END:VCALENDAR\r\n"), "cup", now)
	require.NoError(t, err)
	for _, e := range events {
		apart := e.Sessions[0].Start.Sub(time.Date(1985, 1, 5, 12, 0, 0, 0, time.UTC))
		assert.Zero(t, apart%(3*7*24*time.Hour), "the interval is kept")
	}
	assert.Len(t, events, 38)
	// Thousands of rules that begin long ago: those beyond the limit are left out and reported.
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for i := range 3000 {
		b.WriteString(strings.Replace(entry("19850101T120000Z", "RRULE:FREQ=DAILY;COUNT=1;BYMONTH=2;BYMONTHDAY=30"), "UID:", fmt.Sprint("UID:", i), 1))
	}
	b.WriteString("END:VCALENDAR\r\n")
	_, err = parseICS([]byte(b.String()), "cup", now)
	assert.ErrorContains(t, err, "too many rules")
}

func TestAnUnknownZoneIsReadFromTheCalendar(t *testing.T) {
	_, err := newZoneTable().find(0, "Track Time")
	assert.ErrorIs(t, err, season.ErrFormat)
	for text, want := range map[string]time.Duration{"+0530": 5*time.Hour + 30*time.Minute, "+05:30": 5*time.Hour + 30*time.Minute, "-0800": -8 * time.Hour, "+013045": time.Hour + 30*time.Minute + 45*time.Second} {
		got, ok := parseOffset(text)
		assert.True(t, ok)
		assert.Equal(t, want, got)
	}
	for _, text := range []string{"", "0530", "+5", "+2500", "+05x0"} {
		_, ok := parseOffset(text)
		assert.False(t, ok, text)
	}
	rules := ruleZone{{time.Date(2026, 3, 29, 2, 0, 0, 0, time.UTC), time.Hour, 2 * time.Hour}}
	for _, wall := range []time.Time{time.Date(2026, 3, 29, 1, 59, 0, 0, time.UTC), time.Date(2026, 3, 29, 3, 0, 0, 0, time.UTC)} {
		assert.Equal(t, wall, rules.wall(rules.instant(wall)))
	}
}
