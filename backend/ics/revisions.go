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

// latestRevisions returns the entries that are not exceptions, in their order. Of several revisions of one entry only the
// newest is used; entries that share their UID by mistake are all kept.
func latestRevisions(entries []*entry) (out []*entry) {
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
				// It may be another session altogether, or one of another name weeks away.
				keys = append(keys, kind+event, kind+week(0), kind+week(-1), kind+week(1))
			case writtenApart(e, first):
				keys = append(keys, name)
			default: // nothing says that they were written at different times: weeks apart, they are two entries
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
	// A cancellation need not repeat the entry that it cancels.
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

// weekOf names the period of season.EventSpan that contains a start, or the one that is after periods later.
func weekOf(start string, after int64) string {
	day, err := time.Parse(rrule.DateFormat, start[:min(len(start), 8)])
	if err != nil {
		return start
	}
	return strconv.FormatInt(day.Unix()/int64(season.EventSpan/time.Second)+after, 10)
}

func (e *entry) text(name ical.ComponentProperty) string { return property(e.VEvent, name) }

// shownText returns a text for display. Some programs escape it as in HTML.
func (e *entry) shownText(name ical.ComponentProperty) string {
	text := e.text(name)
	for range 2 { // some escape twice: &amp;#8211;
		text = charset.Unescape(text)
	}
	return season.Label(text)
}

// newer reports whether an entry is a later revision than another: by SEQUENCE, LAST-MODIFIED and DTSTAMP; then a cancellation;
// then the one further down in the file.
func newer(e, than *entry) bool {
	if a, b := e.sequence(), than.sequence(); a != b {
		return a > b
	}
	for _, name := range []ical.ComponentProperty{ical.ComponentPropertyLastModified, ical.ComponentPropertyDtstamp} {
		// Both are in UTC, so the later one is the greater string.
		if a, b := e.text(name), than.text(name); a != b && len(a) == len(b) && a != "" {
			return a > b
		}
	}
	if e.cancelled != than.cancelled {
		return e.cancelled
	}
	return e.line > than.line
}

// areOccurrences reports whether entries of one UID are occurrences of a series and not revisions: some programs write out
// every occurrence under the same UID, and may count them in SEQUENCE (GroupWise).
func areOccurrences(list []*entry) bool {
	starts, names, sequences := map[string]bool{}, map[string]bool{}, map[int]bool{}
	inOrder := true // the newest revision has the latest start
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

// sequence returns the entry's SEQUENCE; 0 if it has none.
func (e *entry) sequence() int {
	n, _ := strconv.Atoi(e.text(ical.ComponentPropertySequence))
	return n
}

// part returns which session of which event an entry is.
func (e *entry) part() (kind, event string) {
	event, session, t := season.SplitTitle(e.shownText(ical.ComponentPropertySummary))
	if t == season.Other {
		return "part " + season.Slug(session), " of " + season.Slug(event)
	}
	return "part " + string(t), " of " + season.Slug(event)
}

// maxWriteTime is how long a program may take to write a calendar in which it stamps each entry with the current time.
const maxWriteTime = 10 * time.Minute

// writtenApart reports whether two entries were written at different times, by their own account.
func writtenApart(a, b *entry) bool {
	for _, name := range []ical.ComponentProperty{ical.ComponentPropertyLastModified, ical.ComponentPropertyDtstamp} {
		x, y := a.text(name), b.text(name)
		if x == y {
			continue
		}
		at, err := time.Parse(rrule.DateTimeFormat, x)
		other, wrong := time.Parse(rrule.DateTimeFormat, y)
		if err != nil || wrong != nil || at.Sub(other).Abs() > maxWriteTime {
			return true
		}
	}
	return false
}
