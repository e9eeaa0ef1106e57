package schedule

import (
	"time"

	"gridwall/backend/season"
)

const (
	// showMovedFor is how long a session is shown as moved; after a month that is no longer news.
	showMovedFor = 30 * 24 * time.Hour
	// correctedAfter is how long after a session a correction of its time still matters.
	correctedAfter = 12 * time.Hour
)

// markMoved marks the sessions of a fresh reading that an earlier one had at another time. A session that is moved twice keeps
// its first time; one that is moved back is not moved.
func markMoved(old, fresh []season.Event, now time.Time) {
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
	eachSession(old, func(key string, e *season.Event, s *season.Session) { was[key] = session{*s, e.ID} })
	eachSession(fresh, func(key string, e *season.Event, s *season.Session) {
		o, ok := was[key]
		if o.event != e.ID && (before[e.ID] || after[o.event]) {
			return // the event is in both readings: the calendar has given its name to another one
		}
		if !ok || o.Start == nil || s.MovedFrom != nil {
			return
		}
		from, at := *o.Start, now
		if o.MovedFrom != nil && !o.MovedAt.IsZero() && now.Sub(o.MovedAt) < showMovedFor {
			from = *o.MovedFrom
			if s.Start != nil && s.Start.Equal(*o.Start) {
				at = o.MovedAt
			}
		}
		switch {
		case s.Start != nil && s.Start.Equal(from):
		case s.Start != nil && s.Start.Before(now.Add(-correctedAfter)) && from.Before(now.Add(-correctedAfter)):
		case s.Start == nil && s.Date == from.Format(time.DateOnly): // the same day, but the time is unknown again
		default:
			s.MovedFrom, s.MovedAt = &from, at
		}
	})
}

// eachSession visits all sessions with a key that identifies the same session in another reading, whatever its time: the
// calendar's UID, or the event's id and the session's name.
func eachSession(events []season.Event, visit func(key string, e *season.Event, s *season.Session)) {
	for i := range events {
		nth := map[string]int{}
		for j := range events[i].Sessions {
			s := &events[i].Sessions[j]
			visit(sessionName(&events[i], s, nth), &events[i], s)
		}
	}
}
