package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwall/backend/season"
	"gridwall/internal/testcal"
	"gridwall/internal/testcost"
)

// The values by which events are compared are computed once per event, not once per pair.
func TestEventsOfOneWeekAreComparedCheaply(t *testing.T) {
	now := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	words := func(word string) string { return strings.Repeat(word+" ", 12) }
	listOf := func(word string, n int) (out []season.Event) {
		for i := range n {
			e := season.Event{ID: fmt.Sprint(word, i), Series: "x", Season: "2030", Name: words(word) + fmt.Sprint(i), Circuit: words(word + "b"), Locality: words(word + "c"), Country: words(word + "d")}
			for range 20 {
				e.Sessions = append(e.Sessions, season.Session{Date: "2030-05-01"})
			}
			out = append(out, e)
		}
		return out
	}
	old, fresh := listOf("abcde", 100), listOf("fghij", 100)
	few := testing.AllocsPerRun(1, func() { keepIDs(old[:25], nil, fresh[:25], now) })
	many := testing.AllocsPerRun(1, func() { keepIDs(old, nil, fresh, now) })
	if many > 6*few {
		t.Errorf("four times as many events of a week take %.0f allocations instead of %.0f", many, few)
	}
}

// The same for events with one name, whose dates would otherwise be parsed for each comparison.
func TestNamesakesAreComparedCheaply(t *testing.T) {
	now := time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	listOf := func(sessions int) (out []season.Event) {
		for i := range maxNamesakes {
			e := season.Event{ID: fmt.Sprint(i), Series: "x", Season: "2030", Name: "n"}
			for range sessions {
				e.Sessions = append(e.Sessions, season.Session{Date: now.AddDate(0, 0, i).Format(time.DateOnly)})
			}
			out = append(out, e)
		}
		return out
	}
	run := func(sessions int) time.Duration {
		took := time.Hour
		for range 5 {
			old, fresh := listOf(sessions), listOf(sessions)
			took = min(took, testcost.CPU(func() { keepIDs(old, nil, fresh, now) }))
		}
		return took
	}
	if one, all := run(1), run(season.MaxSessions); all > 10*one {
		t.Errorf("with %d sessions an event %v instead of %v", season.MaxSessions, all, one)
	}
}

// Overrides with many keys, or with a key of a million parts, are read in time proportional to the file.
func TestOverridesAreReadInTimeProportionalToTheirLength(t *testing.T) {
	for name, text := range map[string]func(n int) string{
		"tables": func(n int) string { return strings.Repeat("[[override]]\n", n) },
		"parts":  func(n int) string { return "a" + strings.Repeat(".a", n) + "=1\n" },
		"header": func(n int) string { return "[a" + strings.Repeat(".a", n) + "]\n" },
	} {
		run := func(n int) time.Duration {
			took := time.Hour
			for range 5 {
				took = min(took, testcost.CPU(func() { ParseOverrides("overrides.toml", []byte(text(n)), nil) }))
			}
			return max(took, time.Millisecond) // anything faster counts as this
		}
		if few, many := run(1500), run(6000); many > 9*few {
			t.Errorf("%s: four times as many took %v instead of %v", name, many, few)
		}
	}
	if n := len(ParseOverrides("overrides.toml", []byte(testcal.Repeated("k%d=1\n", 100<<10)), nil).Problems()); n > 1000 {
		t.Errorf("%d problems of one file are reported", n)
	}
}

// Each override is compared with each event: the key of a series is computed once per name.
func TestManyOverridesAreAppliedToManyEventsQuickly(t *testing.T) {
	events := make([]season.Event, 200)
	for i := range events {
		events[i] = season.Event{ID: fmt.Sprint(i), Series: "Formula Something", Name: fmt.Sprint("n", i)}
	}
	run := func(n int) float64 {
		o := Overrides{}
		for i := range n {
			o.changes = append(o.changes, change{series: pattern{exact: "Formula Else"}, event: pattern{exact: fmt.Sprint(i)}, status: season.Cancelled})
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
	listOf := func(name string, sessions int) (out []season.Event) {
		for i := range 60 {
			e := season.Event{ID: fmt.Sprint(name, i), Series: "f1", Season: "2030", Name: fmt.Sprint(name, i), Circuit: "abcd"}
			for j := range sessions {
				s := season.Session{Type: season.Other, Name: fmt.Sprint(name, j), Date: "2030-05-01"}
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
		a, b, took := listOf("a", sessions), listOf("b", sessions), time.Hour
		for range 5 {
			took = min(took, testcost.CPU(func() { merge([]reading{{events: a}, {events: b}}) }))
		}
		return took
	}
	if few, many := run(season.MaxSessions/8), run(season.MaxSessions); many > 30*few {
		t.Errorf("eight times as many sessions a weekend took %v instead of %v", many, few)
	}
}
