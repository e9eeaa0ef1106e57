package lineup

import (
	"errors"
	"slices"
	"strings"

	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// ErrUnknownSession is returned when the calendar has no such session.
var ErrUnknownSession = errors.New("unknown session")

// find returns the session that a client names, as described at Feeds. The error is ErrUnknownSession or stream.ErrInvalid.
func (l *Lineup) find(event, session string) (season.Event, season.Session, error) {
	return find(l.events(), event, session)
}

func find(events []season.Event, event, session string) (season.Event, season.Session, error) {
	var none season.Session
	if event == "" && session != "" {
		return season.Event{}, none, stream.Errorf(stream.ErrInvalid, "a session needs the id of its event; GET /api/v1/schedule lists the events")
	}
	if event == "" {
		e, s, ok := current(events)
		if !ok {
			return e, s, stream.Errorf(ErrUnknownSession, "no session is live or upcoming; refresh the calendar, or add one under [[schedule]] in config.toml")
		}
		return e, s, nil
	}
	i := schedule.Find(events, event)
	if i < 0 {
		return season.Event{}, none, stream.Errorf(ErrUnknownSession, "the calendar has no event with the id %q; GET /api/v1/schedule lists the events", event)
	}
	e := events[i]
	if session == "" {
		if _, s, ok := current(events[i : i+1]); ok {
			return e, s, nil
		}
		if n := len(e.Sessions); n > 0 {
			return e, e.Sessions[n-1], nil
		}
		return e, none, stream.Errorf(ErrUnknownSession, "the calendar has no sessions for %s", e.Name)
	}
	for _, same := range []func(season.Session) bool{
		func(s season.Session) bool { return s.Name == session },
		func(s season.Session) bool { return strings.EqualFold(s.Name, session) },
		func(s season.Session) bool { return string(s.Type) == session },
	} {
		if i := slices.IndexFunc(e.Sessions, same); i >= 0 {
			return e, e.Sessions[i], nil
		}
	}
	names := make([]string, len(e.Sessions))
	for i, s := range e.Sessions {
		names[i] = s.Name
	}
	return e, none, stream.Errorf(ErrUnknownSession, "%s has no session %q; it has: %s", e.Name, session, strings.Join(names, ", "))
}

// current returns the live session that began last, otherwise the next session.
func current(events []season.Event) (event season.Event, session season.Session, ok bool) {
	better := func(s season.Session) bool {
		switch {
		case s.Status != season.Live && s.Status != season.Upcoming, s.InDoubt:
			return false
		case !ok:
			return true
		case s.Status != session.Status:
			return s.Status == season.Live
		case s.Start == nil || session.Start == nil:
			return s.Start != nil
		case s.Status == season.Live:
			return s.Start.After(*session.Start)
		}
		return s.Start.Before(*session.Start)
	}
	for _, e := range events {
		for _, s := range e.Sessions {
			if better(s) {
				event, session, ok = e, s, true
			}
		}
	}
	return event, session, ok
}
