package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwall/backend/costtest"
)

// entryOf returns a VEVENT with these lines.
func entryOf(lines string) string { return "BEGIN:VEVENT\n" + lines + "\nEND:VEVENT\n" }

// repeated is a text that is part over and over, with %d counting, up to a length.
func repeated(part string, length int) string {
	var b strings.Builder
	for i := 0; b.Len() < length; i++ {
		b.WriteString(strings.ReplaceAll(part, "%d", fmt.Sprint(100000+i)))
	}
	return b.String()
}

// costlyCalendars are texts whose lines once cost far more than their length: {what stands first, what is repeated}.
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
func TestNoCalendarCostsMoreThanItsLength(t *testing.T) {
	costtest.Rarely(t, 512<<20)
	now := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	read := func(text string) func() {
		return func() { _, _ = parseICS([]byte("BEGIN:VCALENDAR\n"+text+"END:VCALENDAR\n"), "x", now) }
	}
	const size, most = 96 << 10, 6
	ordinary := time.Hour
	for range 5 {
		ordinary = min(ordinary, costtest.CPU(read(repeated(entryOf("UID:%d\nSUMMARY:F1: Practice 1 (Grand Prix of %d)\nDTSTART:20300101T100000Z\nDTEND:20300101T110000Z"), size))))
	}
	for name, c := range costlyCalendars() {
		text, took := c[0]+repeated(c[1], size), time.Hour
		for range 5 {
			if took = min(took, costtest.CPU(read(text))); took < most*ordinary || took > 10*most*ordinary {
				break
			}
		}
		if took >= most*ordinary {
			t.Errorf("%s: %v, where an ordinary calendar of the length takes %v", name, took, ordinary)
		}
	}
}

// A rule that matches no date is expanded to the year 9999: neither BYSETPOS nor many such rules may multiply that.
func TestAFewRulesDoNotHoldACalendarUp(t *testing.T) {
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
func TestRulesThatAreOverCostNothing(t *testing.T) {
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

// The values by which events are compared are computed once per event, not once per pair.
func TestEventsOfOneWeekAreComparedCheaply(t *testing.T) {
	now := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	words := func(word string) string { return strings.Repeat(word+" ", 12) }
	season := func(word string, n int) (out []Event) {
		for i := range n {
			e := Event{ID: fmt.Sprint(word, i), Series: "x", Season: "2030", Name: words(word) + fmt.Sprint(i), Circuit: words(word + "b"), Locality: words(word + "c"), Country: words(word + "d")}
			for range 20 {
				e.Sessions = append(e.Sessions, Session{Date: "2030-05-01"})
			}
			out = append(out, e)
		}
		return out
	}
	old, fresh := season("abcde", 100), season("fghij", 100)
	few := testing.AllocsPerRun(1, func() { keepIDs(old[:25], nil, fresh[:25], now) })
	many := testing.AllocsPerRun(1, func() { keepIDs(old, nil, fresh, now) })
	if many > 6*few {
		t.Errorf("four times as many events of a week take %.0f allocations instead of %.0f", many, few)
	}
}

// The same for events with one name, whose dates would otherwise be parsed for each comparison.
func TestNamesakesAreComparedCheaply(t *testing.T) {
	now := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	season := func(sessions int) (out []Event) {
		for i := range maxNamesakes {
			e := Event{ID: fmt.Sprint(i), Series: "x", Season: "2030", Name: "n"}
			for range sessions {
				e.Sessions = append(e.Sessions, Session{Date: now.AddDate(0, 0, i).Format(time.DateOnly)})
			}
			out = append(out, e)
		}
		return out
	}
	run := func(sessions int) time.Duration {
		took := time.Hour
		for range 5 {
			old, fresh := season(sessions), season(sessions)
			took = min(took, costtest.CPU(func() { keepIDs(old, nil, fresh, now) }))
		}
		return took
	}
	if one, all := run(1), run(maxSessions); all > 10*one {
		t.Errorf("with %d sessions an event %v instead of %v", maxSessions, all, one)
	}
}

// Events with one name and day get numbered ids; the search for a free number does not start over each time.
func TestManyEventsOfOneNameAreToldApartQuickly(t *testing.T) {
	run := func(n int) float64 {
		return testing.AllocsPerRun(1, func() {
			events := make([]Event, n)
			for i := range events {
				events[i].ID = "a"
			}
			distinguish(events)
		})
	}
	if few, many := run(500), run(2000); many > 6*few {
		t.Errorf("%.0f allocations for four times as many instead of %.0f", many, few)
	}
}

// Overrides with many keys, or with a key of a million parts, are read in time proportional to the file.
func TestNoOverridesCostMoreThanTheirLength(t *testing.T) {
	for name, text := range map[string]func(n int) string{
		"tables": func(n int) string { return strings.Repeat("[[override]]\n", n) },
		"parts":  func(n int) string { return "a" + strings.Repeat(".a", n) + "=1\n" },
		"header": func(n int) string { return "[a" + strings.Repeat(".a", n) + "]\n" },
	} {
		run := func(n int) time.Duration {
			took := time.Hour
			for range 5 {
				took = min(took, costtest.CPU(func() { ParseOverrides("overrides.toml", []byte(text(n)), nil) }))
			}
			return max(took, time.Millisecond) // anything faster counts as this
		}
		if few, many := run(1500), run(6000); many > 9*few {
			t.Errorf("%s: four times as many took %v instead of %v", name, many, few)
		}
	}
	if n := len(ParseOverrides("overrides.toml", []byte(repeated("k%d=1\n", 100<<10)), nil).Problems()); n > maxProblems {
		t.Errorf("%d problems of one file are told", n)
	}
}

// Each override is compared with each event: the key of a series is computed once per name.
func TestManyOverridesOfManyEventsAreLaidOverQuickly(t *testing.T) {
	events := make([]Event, 200)
	for i := range events {
		events[i] = Event{ID: fmt.Sprint(i), Series: "Formula Something", Name: fmt.Sprint("n", i)}
	}
	run := func(n int) float64 {
		o := Overrides{}
		for i := range n {
			o.changes = append(o.changes, change{series: pattern{exact: "Formula Else"}, event: pattern{exact: fmt.Sprint(i)}, status: Cancelled})
		}
		return testing.AllocsPerRun(1, func() { o.apply(events, time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC), false) })
	}
	if few, many := run(1), run(500); many > few+5000 {
		t.Errorf("%.0f allocations for 500 overrides instead of %.0f for one", many, few)
	}
}

// Two calendars of one series with many sessions: sessions are not compared pairwise.
func TestTwoFullCalendarsAreMergedQuickly(t *testing.T) {
	at := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	season := func(name string, sessions int) (out []Event) {
		for i := range 60 {
			e := Event{ID: fmt.Sprint(name, i), Series: "f1", Season: "2030", Name: fmt.Sprint(name, i), Circuit: "abcd"}
			for j := range sessions {
				s := Session{Type: Other, Name: fmt.Sprint(name, j), Date: "2030-05-01"}
				if name == "a" {
					s.Start, s.End, s.Date = &at, &at, ""
				}
				e.Sessions = append(e.Sessions, s)
			}
			out = append(out, e)
		}
		return out
	}
	run := func(sessions int) time.Duration {
		a, b, took := season("a", sessions), season("b", sessions), time.Hour
		for range 5 {
			took = min(took, costtest.CPU(func() { merge([]reading{{events: a}, {events: b}}) }))
		}
		return took
	}
	if few, many := run(maxSessions/8), run(maxSessions); many > 30*few {
		t.Errorf("eight times as many sessions a weekend took %v instead of %v", many, few)
	}
}
