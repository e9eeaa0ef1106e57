package season

import (
	"fmt"
	"sort"
	"strconv"
)

// Omissions collects the entries and lines of a calendar that cannot be used, and remarks about the rest.
type Omissions struct {
	count int
	first error
	// notes are remarks about entries that are used.
	notes []error
}

// Add records an entry that was left out because of err. line is its line in the file, 0 for none; where names it, "" for none.
func (l *Omissions) Add(line int, where string, err error) {
	if l.count++; l.first != nil {
		return
	}
	if where != "" {
		err = fmt.Errorf("%s: %w", Clip(where), err)
	}
	if line > 0 {
		err = fmt.Errorf("line %d: %w", line, err)
	}
	l.first = err
}

// AddFunc is Add for mistakes that a calendar may have millions of times: it builds the error of the first one only.
func (l *Omissions) AddFunc(line int, err func() error) {
	if l.first != nil {
		l.count++
		return
	}
	l.Add(line, "", err())
}

// Note adds a remark about the calendar; equal remarks are reported once.
func (l *Omissions) Note(err error) { l.notes = append(l.notes, err) }

// Finish sorts the events, bounds their number, makes their ids unique, and returns them. The error is about everything that was
// left out, and the remarks; it is ErrEmpty for a calendar without entries.
func (l *Omissions) Finish(events []Event) ([]Event, error) {
	if len(events) > MaxEvents {
		l.Add(0, "the calendar", fmt.Errorf("more than %d events", MaxEvents))
		events = events[:MaxEvents]
	}
	for i := range events {
		s := events[i].Sessions
		if len(s) > MaxSessions {
			l.Add(0, events[i].Name, fmt.Errorf("more than %d sessions", MaxSessions))
			events[i].Sessions = s[:MaxSessions]
		}
		SortSessions(events[i].Sessions)
	}
	SortEvents(events)
	distinguish(events)
	if len(events) == 0 && l.count == 0 {
		return nil, ErrEmpty
	}
	return events, l.summary()
}

// summary returns one error about what was left out and about the remarks; nil if there is nothing to report.
func (l *Omissions) summary() error {
	err := l.first
	if l.count > 1 {
		err = fmt.Errorf("%w (and %d more left out)", l.first, l.count-1)
	}
	seen := map[string]bool{}
	for _, note := range l.notes {
		switch {
		case len(seen) >= maxNotes || seen[note.Error()]:
		case err == nil:
			err = note
		default:
			err = fmt.Errorf("%w; %w", err, note)
		}
		seen[note.Error()] = true
	}
	return err
}

// maxNotes bounds the remarks that are reported about one calendar.
const maxNotes = 3

// SortSessions sorts sessions by their start.
func SortSessions(s []Session) {
	sort.SliceStable(s, func(a, b int) bool { return s[a].Begins().Before(s[b].Begins()) })
}

// SortEvents sorts events by their first session; events without a date come last.
func SortEvents(e []Event) {
	sort.SliceStable(e, func(a, b int) bool {
		x, y := e[a].Begins(), e[b].Begins()
		switch {
		case x.IsZero() || y.IsZero():
			return !x.IsZero() && y.IsZero()
		case !x.Equal(y):
			return x.Before(y)
		}
		return e[a].ID < e[b].ID
	})
}

// distinguish makes the ids of sorted events unique. The first event with an id keeps it; the ids of the others get their day as a
// suffix.
func distinguish(events []Event) {
	taken := UsedIDs{}
	for i := range events {
		events[i].ID = taken.Unused(events[i])
		taken[events[i].ID] = 1
	}
}

// UsedIDs maps each used id to the last number that was tried after it.
type UsedIDs map[string]int

// Unused returns the id of e, followed by its day or a number if it is already used.
func (taken UsedIDs) Unused(e Event) string {
	if taken[e.ID] == 0 {
		return e.ID
	}
	dated := e.ID
	if at := e.Begins(); !at.IsZero() {
		dated += "-" + at.Format("0102")
	}
	id := dated
	for taken[id] > 0 {
		taken[dated] = max(taken[dated], 1) + 1
		id = dated + "-" + strconv.Itoa(taken[dated])
	}
	return id
}

// EventID returns the id of an event that is read for the first time.
func EventID(series, season, name string) string {
	return Slug(series) + "-" + Slug(season) + "-" + Slug(name)
}
