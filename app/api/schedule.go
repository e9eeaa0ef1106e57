package api

import (
	"context"

	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// Schedule returns the calendar with the current status of each session. If a calendar could not be fetched, it does not fail: it
// returns the last one, with Stale and the reason.
func (a *API) Schedule(context.Context) (Schedule, error) {
	return FromCalendar(a.o.Calendars.Sessions.Calendar(a.o.Now())), nil
}

// RefreshSchedule fetches the calendars again, and returns the new schedule.
func (a *API) RefreshSchedule(ctx context.Context) (Schedule, error) {
	a.o.Calendars.Sessions.Refresh(ctx)
	if err := ctx.Err(); err != nil {
		return Schedule{}, AsError(err)
	}
	return a.Schedule(ctx)
}

// FromCalendar converts a calendar to the type of the contract.
func FromCalendar(c schedule.Calendar) Schedule {
	out := Schedule{
		Events: make([]RaceEvent, 0, len(c.Events)), FetchedAt: optional(c.FetchedAt), Stale: c.Stale,
		Error: text(stream.RedactText(c.Error)),
	}
	for _, e := range c.Events {
		ev := RaceEvent{
			ID: e.ID, Series: e.Series, Season: e.Season, Round: e.Round, Name: e.Name, Circuit: e.Circuit,
			Locality: e.Locality, Country: e.Country, Sessions: make([]Session, 0, len(e.Sessions)),
			Calendar: e.Calendar, Color: e.Color, Overridden: e.Overridden,
		}
		for _, s := range e.Sessions {
			ev.Sessions = append(ev.Sessions, fromSession(s))
		}
		out.Events = append(out.Events, ev)
	}
	return out
}

func fromSession(s season.Session) Session {
	return Session{
		Type: string(s.Type), Name: s.Name, Start: optional(s.Start), End: optional(s.End), Status: string(s.Status),
		Date: s.Date, MovedFrom: optional(s.MovedFrom), OverTime: s.OverTime, Overridden: s.Overridden, InDoubt: s.InDoubt,
	}
}
