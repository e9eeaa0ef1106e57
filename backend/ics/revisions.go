package ics

import (
	"slices"
	"strconv"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"gridwall/backend/charset"
	"gridwall/backend/season"
)

// revisions are the entries that are not exceptions, in their order. Of several revisions of one the newest counts; entries
// that share their UID by mistake are all kept.
func revisions(entries []*entry) (out []*entry) {
	byUID := map[string][]*entry{}
	for _, e := range entries {
		if e.GetProperty(ical.ComponentPropertyRecurrenceId) == nil && e.uid != "" {
			byUID[e.uid] = append(byUID[e.uid], e)
		}
	}
	old := map[*entry]bool{}
	for _, list := range byUID {
		if len(list) < 2 {
			continue
		}
		slices.SortStableFunc(list, func(a, b *entry) int {
			switch {
			case newer(a, b):
				return -1
			case newer(b, a):
				return 1
			}
			return 0
		})
		first := list[0]
		all := areOccurrences(list)
		varied := slices.ContainsFunc(list, func(e *entry) bool { return e.sequence() != first.sequence() })
		seen := map[string]bool{}
		for _, e := range list {
			start := e.text(ical.ComponentPropertyDtStart)
			name, week := "name "+season.Slug(e.text(ical.ComponentPropertySummary)), func(after int64) string { return " " + weekOf(start, after) }
			keys := []string{"start " + start}
			kind, event := "", ""
			if varied && !all {
				kind, event = e.part()
			}
			switch {
			case all:
			case e.sequence() != first.sequence():
				// It may be something else altogether: another session, or one of another name weeks away.
				keys = append(keys, kind+event, kind+week(0), kind+week(-1), kind+week(1))
			case writtenApart(e, first):
				keys = append(keys, name)
			default: // nothing says that it was written at another time: weeks apart, they are two
				keys = append(keys, name+week(0), name+week(-1), name+week(1))
			}
			if e != first && (first.cancelled || slices.ContainsFunc(keys, func(k string) bool { return seen[k] })) {
				old[e] = true
				continue
			}
			for _, key := range []string{"start " + start, name, name + week(0), kind + event, kind + week(0)} {
				seen[key] = true
			}
		}
	}
	for _, e := range entries {
		if e.GetProperty(ical.ComponentPropertyRecurrenceId) == nil && !old[e] {
			out = append(out, e)
		}
	}
	// A message that calls an entry off need not repeat what it called off.
	for i, e := range out {
		if e.cancelled && e.GetProperty(ical.ComponentPropertyDtStart) == nil {
			for _, other := range byUID[e.uid] {
				if other.GetProperty(ical.ComponentPropertyDtStart) != nil {
					again := *other
					again.cancelled = true
					out[i] = &again
					break
				}
			}
		}
	}
	return out
}

// weekOf names the stretch of weekend in which a start lies, or the one so many after it.
func weekOf(start string, after int64) string {
	day, err := time.Parse(rrule.DateFormat, start[:min(len(start), 8)])
	if err != nil {
		return start
	}
	return strconv.FormatInt(day.Unix()/int64(season.EventSpan/time.Second)+after, 10)
}

func (e *entry) text(name ical.ComponentProperty) string { return property(e.VEvent, name) }

// shownText is a text for people. Some programs write it as for a web page.
func (e *entry) shownText(name ical.ComponentProperty) string {
	text := e.text(name)
	for range 2 { // some do it twice: &amp;#8211;
		text = charset.Unescape(text)
	}
	return season.Label(text)
}

// newer reports whether an entry is a later revision than another: by SEQUENCE, LAST-MODIFIED and DTSTAMP; then one that is
// called off, then the one that stands further down.
func newer(e, than *entry) bool {
	if a, b := e.sequence(), than.sequence(); a != b {
		return a > b
	}
	for _, name := range []ical.ComponentProperty{ical.ComponentPropertyLastModified, ical.ComponentPropertyDtstamp} {
		// They are in UTC, so the later is the greater text.
		if a, b := e.text(name), than.text(name); a != b && len(a) == len(b) && a != "" {
			return a > b
		}
	}
	if e.cancelled != than.cancelled {
		return e.cancelled
	}
	return e.line > than.line
}

// areOccurrences reports whether entries of one UID are the times of something that recurs, and no revisions: some programs
// write out what recurs and leave all of it its UID, with SEQUENCE counting the times if there is one (GroupWise).
func areOccurrences(list []*entry) bool {
	starts, names, sequences := map[string]bool{}, map[string]bool{}, map[int]bool{}
	inOrder := true // the newest is the latest
	for i, e := range list {
		start := e.text(ical.ComponentPropertyDtStart)
		starts[start], names[season.Slug(e.text(ical.ComponentPropertySummary))], sequences[e.sequence()] = true, true, true
		if start == "" || e.cancelled || writtenApart(e, list[0]) {
			return false
		}
		inOrder = inOrder && (i == 0 || start < list[i-1].text(ical.ComponentPropertyDtStart))
	}
	if len(starts) < 3 {
		return false
	}
	return len(sequences) == 1 || len(sequences) == len(list) && len(starts) == len(list) && (inOrder || len(names) == len(list))
}

// sequence is the entry's SEQUENCE; 0 where it has none.
func (e *entry) sequence() int {
	n, _ := strconv.Atoi(e.text(ical.ComponentPropertySequence))
	return n
}

// part says which part of an event an entry is, and of which event.
func (e *entry) part() (kind, event string) {
	event, session, t := season.SplitTitle(e.shownText(ical.ComponentPropertySummary))
	if t == season.Other {
		return "part " + season.Slug(session), " of " + season.Slug(event)
	}
	return "part " + string(t), " of " + season.Slug(event)
}

// atOnce is how long a program may take to write a calendar, while it stamps each entry with the time.
const atOnce = 10 * time.Minute

// writtenApart reports whether two entries say that they were written at different times.
func writtenApart(a, b *entry) bool {
	for _, name := range []ical.ComponentProperty{ical.ComponentPropertyLastModified, ical.ComponentPropertyDtstamp} {
		x, y := a.text(name), b.text(name)
		if x == y {
			continue
		}
		at, err := time.Parse(rrule.DateTimeFormat, x)
		other, wrong := time.Parse(rrule.DateTimeFormat, y)
		if err != nil || wrong != nil || at.Sub(other).Abs() > atOnce {
			return true
		}
	}
	return false
}
