package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"gridwall/app/api/fault"
	"gridwall/backend/jsontypes"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/settings"
	"gridwall/backend/stream"
)

const (
	// maxTrialEvents limits the events that a trial shows: enough to see whether it is the right calendar.
	maxTrialEvents = 6
	// maxSeriesFilter limits the series filter of the calendar export, in bytes.
	maxSeriesFilter = 500
)

// calendarKinds reads calendars according to their settings.
type calendarKinds interface {
	// Key returns the key that schedule.State has for the calendar.
	Key(s settings.Calendar) string
	// Try reads the calendar once and stores nothing.
	Try(ctx context.Context, s settings.Calendar) ([]season.Event, error)
}

// CalendarSetting configures a calendar: the keys of a [[schedule]] table in config.toml, or a copy of a file that a user
// uploaded.
type CalendarSetting struct {
	Kind   string `json:"kind" enum:"jolpica,f1calendar,ics,demo"`
	URL    string `json:"url,omitempty" doc:"The address that it is fetched from; absent: the default of the kind."`
	Path   string `json:"path,omitempty" doc:"With kind ics: a file where Gridwall runs; absolute, beginning with ~/, or relative to the folder of config.toml."`
	Series string `json:"series,omitempty" doc:"Which series to read, or the name of the calendar's series."`
	Name   string `json:"name,omitempty"`
	Color  string `json:"color,omitempty" doc:"#rrggbb, or red, orange, yellow, green, teal, blue, purple, pink, brown, grey."`
	Text   string `json:"text,omitempty" doc:"With kind ics, instead of url and path: the calendar itself; a copy is stored. Never returned."`
	Copy   string `json:"copy,omitempty" doc:"The id of the stored copy."`
}

// CalendarInfo is a configured calendar and its state.
type CalendarInfo struct {
	Kind      string     `json:"kind" enum:"jolpica,f1calendar,ics,demo"`
	URL       string     `json:"url,omitempty"`
	Path      string     `json:"path,omitempty"`
	Series    string     `json:"series,omitempty"`
	Name      string     `json:"name,omitempty"`
	Color     string     `json:"color,omitempty"`
	Copy      string     `json:"copy,omitempty" doc:"The id of the stored copy of a file."`
	Events    int        `json:"events" doc:"How many events it has."`
	FetchedAt *time.Time `json:"fetched_at" nullable:"true"`
	Stale     bool       `json:"stale"`
	Error     *string    `json:"error" nullable:"true" doc:"Why it could not be read, or not completely."`
}

// CalendarList is the response of Calendars and PutCalendars: the calendars in use, in order of precedence.
type CalendarList struct {
	Calendars []CalendarInfo `json:"calendars" nullable:"false"`
	Fixed     bool           `json:"fixed" doc:"Whether config.toml sets them; then they can be changed only there."`
	Chosen    bool           `json:"chosen" doc:"Whether somebody chose them; false: they are the default."`
	Overrides string         `json:"overrides" doc:"The file in which a user corrects the calendars."`
}

// CalendarChange asks for the calendars to be replaced.
type CalendarChange struct {
	Calendars []CalendarSetting `json:"calendars" nullable:"false" doc:"All calendars, in order of precedence."`
	Reset     bool              `json:"reset,omitempty" doc:"Restores the default; calendars is ignored."`
}

// CalendarTrial is the response of TryCalendar. Nothing is stored.
type CalendarTrial struct {
	Events []RaceEvent `json:"events" nullable:"false" doc:"The first events that are not over; the last ones if all are."`
	Count  int         `json:"count" doc:"How many events the calendar has."`
	Series []string    `json:"series" nullable:"false" doc:"The series in it."`
	Error  *string     `json:"error" nullable:"true" doc:"Why it cannot be read, or not completely."`
}

// Calendars returns the configured calendars and the state of each.
func (a *API) Calendars(context.Context) (CalendarList, error) {
	states := map[string]schedule.State{}
	for _, s := range a.o.Calendars.Sessions.States(a.o.Now()) {
		states[s.Key] = s
	}
	set := a.o.Calendars.Configured
	out := CalendarList{Calendars: []CalendarInfo{}, Fixed: set.Fixed(), Chosen: set.Chosen(), Overrides: a.o.Calendars.Overrides}
	for _, s := range set.List() {
		st := states[a.o.Calendars.Kinds.Key(s)]
		out.Calendars = append(out.Calendars, CalendarInfo{
			Kind: s.Kind, URL: s.URL, Path: s.Path, Series: s.Series, Name: s.Name, Color: s.Color, Copy: s.Copy,
			Events: st.Events, FetchedAt: jsontypes.Optional(st.FetchedAt), Stale: st.Stale, Error: jsontypes.Text(st.Error),
		})
	}
	return out, nil
}

// PutCalendars replaces all calendars, or none if one of them is invalid. New ones are read at once.
func (a *API) PutCalendars(ctx context.Context, change CalendarChange) (CalendarList, error) {
	list := []settings.Calendar{}
	for _, s := range change.Calendars {
		list = append(list, settings.Calendar(s))
	}
	if change.Reset {
		list = nil
	}
	kept := a.o.Calendars.Configured.List()
	for _, s := range list {
		// The normalised form is the one that will be fetched: a webcal:// address becomes an https:// one.
		if valid, err := s.Normalise(); err == nil {
			s = valid
		}
		if err := a.access.MayReadCalendar(ctx, s, kept); err != nil {
			return CalendarList{}, fault.AsError(err)
		}
	}
	if err := a.o.Calendars.Configured.Set(list); err != nil {
		return CalendarList{}, fault.AsError(err)
	}
	a.o.Calendars.Apply()
	a.o.Events.Publish(EventSchedule)
	return a.Calendars(ctx)
}

// TryCalendar reads a calendar once and returns its events. Nothing is stored.
func (a *API) TryCalendar(ctx context.Context, s CalendarSetting) (CalendarTrial, error) {
	valid, err := a.o.Calendars.Configured.WithText(settings.Calendar(s)).Normalise()
	if err != nil {
		return CalendarTrial{}, fault.AsError(err)
	}
	if err := a.access.MayReadCalendar(ctx, valid, a.o.Calendars.Configured.List()); err != nil {
		return CalendarTrial{}, fault.AsError(err)
	}
	events, err := a.o.Calendars.Kinds.Try(ctx, valid)
	if ctx.Err() != nil {
		return CalendarTrial{}, fault.AsError(ctx.Err())
	}
	out := CalendarTrial{Events: []RaceEvent{}, Count: len(events), Series: []string{}}
	if err != nil {
		out.Error = jsontypes.Text(stream.RedactText(err.Error()))
	}
	all := jsontypes.FromCalendar(schedule.Calendar{Events: schedule.WithStatuses(events, a.o.Now())}).Events
	first := slices.IndexFunc(all, func(e RaceEvent) bool {
		return slices.ContainsFunc(e.Sessions, func(s Session) bool {
			return s.Status == string(season.Live) || s.Status == string(season.Upcoming)
		})
	})
	if first < 0 {
		first = max(0, len(all)-maxTrialEvents)
	}
	seen := map[string]bool{}
	for _, e := range all {
		if !seen[e.Series] {
			seen[e.Series] = true
			out.Series = append(out.Series, e.Series)
		}
	}
	out.Events = append(out.Events, all[first:min(len(all), first+maxTrialEvents)]...)
	return out, nil
}

// ScheduleICS returns the calendar for calendar apps (RFC 5545). series lists the series to include, separated by commas;
// "" means all.
func (a *API) ScheduleICS(_ context.Context, series string) (string, error) {
	if len(series) > maxSeriesFilter {
		return "", fault.AsError(fault.Errorf(fault.CodeInvalid, "series may have at most %d bytes", maxSeriesFilter))
	}
	var wanted []string
	for s := range strings.SplitSeq(series, ",") {
		if s = strings.TrimSpace(s); s != "" {
			wanted = append(wanted, s)
		}
	}
	now := a.o.Now()
	return string(a.o.Calendars.Sessions.Calendar(now).Export(wanted, now)), nil
}
