//go:build !race

package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwall/internal/testcal"
	"gridwall/internal/testcost"
)

// entryOf returns a VEVENT with these lines.
func entryOf(lines string) string { return "BEGIN:VEVENT\n" + lines + "\nEND:VEVENT\n" }

// costlyCalendars returns texts whose lines once cost far more than their length: {the beginning, the repeated part}.
func costlyCalendars() map[string][2]string {
	places := strings.TrimSuffix(strings.Repeat("1,", 200), ",")
	path := strings.Repeat("a/", 95)
	var unknown strings.Builder
	for i := range 5 {
		fmt.Fprintf(&unknown, "END:VCALENDAR\nBEGIN:VCALENDAR\nX-WR-TIMEZONE:%s%d\n", path, i)
	}
	return map[string][2]string{
		"words behind a title":                 {"BEGIN:VEVENT\nSUMMARY:" + strings.Repeat("sprinx p1x ", 150) + "\n", "x\n"},
		"words behind a second title":          {"BEGIN:VEVENT\nSUMMARY:a\nSUMMARY:" + strings.Repeat("sprinx p1x ", 3000) + "\n", "x\n"},
		"a place in each year since the first": {"", entryOf("SUMMARY:a\nDTSTART:00010101T100000Z\nRRULE:FREQ=YEARLY;BYSETPOS=" + places)},
		"a long title each day":                {"", entryOf("SUMMARY:" + strings.Repeat("sprinx p1x ", 18) + "\nDTSTART:20300101T100000Z\nRRULE:FREQ=DAILY")},
		"zones in many folders":                {"", entryOf("SUMMARY:a\nDTSTART;TZID=" + path + "%d:20300101T100000")},
		"one zone under many names":            {"", entryOf("SUMMARY:a\nDTSTART;TZID=%d/Europe/London:20300101T100000")},
		"calendars that name no zone":          {unknown.String(), "END:VCALENDAR\nBEGIN:VCALENDAR\n" + entryOf("SUMMARY:a\nDTSTART:20300101T100000")},
		"exceptions to entries of one UID": {"", entryOf("UID:a\nSUMMARY:%d\nDTSTART:20300101T%d") +
			entryOf("UID:a\nRECURRENCE-ID:20300101T%d\nDTSTART:20300101")},
	}
}

// The cost of a calendar depends on its length: at most six times that of an ordinary one.
func TestHostileCalendarsCostNoMoreThanOrdinaryOnes(t *testing.T) {
	testcost.Rarely(t, 512<<20)
	now := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	read := func(text string) func() {
		return func() { _, _ = parseICS([]byte("BEGIN:VCALENDAR\n"+text+"END:VCALENDAR\n"), "x", now) }
	}
	const size, most = 96 << 10, 6
	ordinary := time.Hour
	for range 5 {
		ordinary = min(ordinary, testcost.CPU(read(testcal.Repeated(entryOf("UID:%d\nSUMMARY:F1: Practice 1 (Grand Prix of %d)\nDTSTART:20300101T100000Z\nDTEND:20300101T110000Z"), size))))
	}
	for name, c := range costlyCalendars() {
		text, took := c[0]+testcal.Repeated(c[1], size), time.Hour
		for range 5 {
			if took = min(took, testcost.CPU(read(text))); took < most*ordinary || took > 10*most*ordinary {
				break
			}
		}
		if took >= most*ordinary {
			t.Errorf("%s: %v, where an ordinary calendar of the length takes %v", name, took, ordinary)
		}
	}
}

// A rule that matches no date is expanded to the year 9999: neither BYSETPOS nor many such rules may multiply that.
func TestRulesThatMatchNoDateAreLimited(t *testing.T) {
	now := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	x := newExpansion(now)
	at := stamp{wall: time.Date(2030, 1, 1, 10, 0, 0, 0, time.UTC), zone: fixedZone{time.UTC}}
	searched := 0
	for range 50 {
		_, steps, err := x.recur("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", at)
		if x.steps -= steps; err == nil {
			searched++
		}
	}
	if searched > 2 {
		t.Errorf("%d rules that fit no date were searched to the end of time", searched)
	}
	if _, _, err := x.recur("FREQ=DAILY;BYSETPOS=1,2,3,4,5,6,7,8,9,10,11", at); err == nil {
		t.Error("a rule may name any number of places")
	}
	if _, _, err := newExpansion(now).recur("FREQ=MONTHLY;BYDAY=SU;BYSETPOS=-1,-2,-2,-1,-1,-1,-1,-1,-1,-1,-1,-1", at); err != nil {
		t.Errorf("places that are named twice: %v", err)
	}
}

// A rule whose UNTIL lies before its first date must be cheap: splitting a series leaves many of them.
func TestRulesThatHaveEndedCostNothing(t *testing.T) {
	x := newExpansion(time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC))
	at := stamp{wall: time.Date(2030, 1, 1, 10, 0, 0, 0, time.UTC), zone: fixedZone{time.UTC}} // a Tuesday
	for range 100 {
		out, steps, err := x.recur("FREQ=WEEKLY;BYDAY=SU;UNTIL=20300103T000000Z", at)
		if x.steps -= steps; err != nil || len(out) != 0 {
			t.Fatal(out, err)
		}
	}
	if x.steps < maxSteps-1000 {
		t.Errorf("%d steps are left of %d", x.steps, maxSteps)
	}
}
