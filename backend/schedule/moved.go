package schedule

import (
	"time"

	"gridwall/backend/season"
)

const (
	// movedFor is for how long a session is shown as moved: who did not look for a month learns nothing from it.
	movedFor = 30 * 24 * time.Hour
	// movedLate is how long after a session it is of interest that a calendar corrects its time.
	movedLate = 12 * time.Hour
)

// noteMoves marks those sessions of a fresh reading that an earlier one put at another time. A session that was moved
// twice keeps the time that was said first; one that was moved back was not moved.
func noteMoves(old, fresh []season.Event, now time.Time) {
	type session struct {
		season.Session
		event string
	}
	ids := func(events []season.Event) map[string]bool {
		out := map[string]bool{}
		for i := range events {
			out[events[i].ID] = true
		}
		return out
	}
	was := map[string]session{}
	before, after := ids(old), ids(fresh)
	eachKey(old, func(key string, e *season.Event, s *season.Session) { was[key] = session{*s, e.ID} })
	eachKey(fresh, func(key string, e *season.Event, s *season.Session) {
		o, ok := was[key]
		if o.event != e.ID && (before[e.ID] || after[o.event]) {
			return // the event is in both readings: the calendar has called something else by that name
		}
		if !ok || o.Start == nil || s.MovedFrom != nil {
			return
		}
		from, at := *o.Start, now
		if o.MovedFrom != nil && !o.MovedAt.IsZero() && now.Sub(o.MovedAt) < movedFor {
			from = *o.MovedFrom
			if s.Start != nil && s.Start.Equal(*o.Start) {
				at = o.MovedAt
			}
		}
		switch {
		case s.Start != nil && s.Start.Equal(from):
		case s.Start != nil && s.Start.Before(now.Add(-movedLate)) && from.Before(now.Add(-movedLate)):
		case s.Start == nil && s.Date == from.Format(time.DateOnly): // the same day, and the time is open again
		default:
			s.MovedFrom, s.MovedAt = &from, at
		}
	})
}

// eachKey visits all sessions with a key under which another reading has the same session, whatever its time: the
// calendar's own name of it, or the event's id and its own name.
func eachKey(events []season.Event, visit func(key string, e *season.Event, s *season.Session)) {
	for i := range events {
		nth := map[string]int{}
		for j := range events[i].Sessions {
			s := &events[i].Sessions[j]
			visit(sessionName(&events[i], s, nth), &events[i], s)
		}
	}
}
