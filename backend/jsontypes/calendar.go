package jsontypes

import (
	"time"

	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

// Schedule is the calendar at the time of the response.
type Schedule struct {
	Events    []RaceEvent `json:"events" nullable:"false"`
	FetchedAt *time.Time  `json:"fetched_at" nullable:"true"`
	Stale     bool        `json:"stale"`
	Error     *string     `json:"error" nullable:"true"`
}

// RaceEvent is one weekend of a series.
type RaceEvent struct {
	ID       string    `json:"id"`
	Series   string    `json:"series"`
	Season   string    `json:"season" doc:"A year such as 2026; empty if the calendar does not say."`
	Round    int       `json:"round" doc:"From 1; 0 if the calendar does not say."`
	Name     string    `json:"name"`
	Circuit  string    `json:"circuit"`
	Locality string    `json:"locality"`
	Country  string    `json:"country"`
	Sessions []Session `json:"sessions" nullable:"false"`
	// Calendar, Color and Overridden are absent if they are empty or false.
	Calendar   string `json:"calendar,omitempty" doc:"The user's name for the event's calendar."`
	Color      string `json:"color,omitempty" doc:"The calendar's colour: #rrggbb, or a word such as teal."`
	Overridden bool   `json:"overridden,omitempty" doc:"Whether overrides.toml changes or adds the event."`
}

// Session is a session of an event: a practice, a qualifying, a race.
type Session struct {
	Type   string     `json:"type" enum:"fp1,fp2,fp3,qualifying,sprint_qualifying,sprint,race,other"`
	Name   string     `json:"name"`
	Start  *time.Time `json:"start" nullable:"true"`
	End    *time.Time `json:"end" nullable:"true"`
	Status string     `json:"status" enum:"past,live,upcoming,cancelled"`
	// The following fields are absent if they are empty or false.
	Date       string     `json:"date,omitempty" doc:"The day (2026-05-24) of a session whose time is not known yet."`
	MovedFrom  *time.Time `json:"moved_from,omitempty" doc:"The start according to an earlier version of the calendar."`
	OverTime   bool       `json:"over_time,omitempty" doc:"Whether the session's feeds continue past its planned end, so that its end is open; true from shortly before the planned end."`
	Overridden bool       `json:"overridden,omitempty" doc:"Whether overrides.toml changes or adds the session."`
	InDoubt    bool       `json:"in_doubt,omitempty" doc:"Whether the date contradicts those of the event's other sessions. Such a session is never live, and nothing happens at its start."`
}

// FromCalendar converts a calendar.
func FromCalendar(c schedule.Calendar) Schedule {
	out := Schedule{
		Events: make([]RaceEvent, 0, len(c.Events)), FetchedAt: Optional(c.FetchedAt), Stale: c.Stale,
		Error: Text(stream.RedactText(c.Error)),
	}
	for _, e := range c.Events {
		ev := RaceEvent{
			ID: e.ID, Series: e.Series, Season: e.Season, Round: e.Round, Name: e.Name, Circuit: e.Circuit,
			Locality: e.Locality, Country: e.Country, Sessions: make([]Session, 0, len(e.Sessions)),
			Calendar: e.Calendar, Color: e.Color, Overridden: e.Overridden,
		}
		for _, s := range e.Sessions {
			ev.Sessions = append(ev.Sessions, FromSession(s))
		}
		out.Events = append(out.Events, ev)
	}
	return out
}

// FromSession converts a session.
func FromSession(s season.Session) Session {
	return Session{
		Type: string(s.Type), Name: s.Name, Start: Optional(s.Start), End: Optional(s.End), Status: string(s.Status),
		Date: s.Date, MovedFrom: Optional(s.MovedFrom), OverTime: s.OverTime, Overridden: s.Overridden, InDoubt: s.InDoubt,
	}
}
