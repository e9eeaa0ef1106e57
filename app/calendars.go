package app

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"gridwall/backend/httpclient"
	"gridwall/backend/lineup"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/settings"
	"gridwall/backend/store"
)

// calendarTimeout limits how long fetching one document of a calendar may take.
const calendarTimeout = 20 * time.Second

// calendarSource reads calendars for the commands and the facade.
func (b *Base) calendarSource() schedule.Calendars {
	return schedule.Calendars{Folder: b.o.Paths.Config, Fetch: b.fetch}
}

// fetch returns the document of a calendar.
func (b *Base) fetch(ctx context.Context, rawURL string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, calendarTimeout)
	defer cancel()
	body, err := httpclient.Document(ctx, b.pool, rawURL, season.MaxBody, season.ErrTooLarge)
	var answered *httpclient.DocumentError
	if errors.As(err, &answered) && answered.RetryAfter > 0 {
		err = &season.BusyError{Err: err, RetryAfter: answered.RetryAfter}
	}
	return body, err
}

// Key returns the key of the calendar that s configures.
func (b *Base) Key(s settings.Calendar) string { return b.calendarSource().Key(schedule.Setting(s)) }

// Try reads a calendar once and stores nothing.
func (b *Base) Try(ctx context.Context, s settings.Calendar) ([]season.Event, error) {
	return b.calendarSource().Try(ctx, schedule.Setting(s))
}

// Schedule builds the service of the calendars in set. It stores nothing, and does not detect sessions that run over time.
func (b *Base) Schedule(set []settings.Calendar, chosen bool) *schedule.Service {
	return b.schedule(nil, set, chosen, nil)
}

// schedule builds the service of the calendars in set. Without db it stores nothing; without stillOn every session ends as
// planned.
func (b *Base) schedule(db *store.Store, set []settings.Calendar, chosen bool, stillOn schedule.StillOn) *schedule.Service {
	var records schedule.Store
	if db != nil {
		records = calendarRecords{db}
	}
	s := schedule.New(schedule.Options{Providers: b.providers(set, chosen), Store: records, Log: b.o.Log, StillOn: stillOn})
	s.SetOverrides(schedule.LoadOverrides(b.o.Paths.Config))
	return s
}

// providers returns the calendars in set, and the demo's while a source of the kind demo is enabled. With --demo no other
// calendar is fetched unless the user chose some.
func (b *Base) providers(set []settings.Calendar, chosen bool) []schedule.Provider {
	var list []schedule.Setting
	if !b.o.Demo || chosen {
		for _, s := range set {
			list = append(list, schedule.Setting(s))
		}
	}
	if b.hasDemo() {
		list = append(list, schedule.Setting{Kind: "demo"})
	}
	return b.calendarSource().Providers(list)
}

// overridesFile returns the path of the file that corrects the calendars.
func (b *Base) overridesFile() string { return filepath.Join(b.o.Paths.Config, schedule.OverridesFile) }

// calendarFiles returns the paths of the calendars that are files, by calendar key.
func (a *App) calendarFiles() map[string]string {
	out := map[string]string{}
	for _, s := range a.calendars.List() {
		if s.Path != "" {
			out[a.Key(s)] = a.calendarSource().File(s.Path)
		}
	}
	return out
}

// detector detects sessions that run past their planned end, by the streams that the lineup finds for them.
func (a *App) detector() *schedule.Detector {
	return &schedule.Detector{
		Streams: a.candidates,
		Progress: func(ctx context.Context, id string) (schedule.Progress, error) {
			newest, err := a.proxy.Newest(ctx, id)
			return schedule.Progress(newest), err
		},
	}
}

func (a *App) candidates(event, session string) ([]schedule.Candidate, error) {
	found, err := a.lineup.Feeds(event, session)
	if err != nil {
		return nil, err
	}
	return candidates(found, func(id string) bool { _, active := a.renewals.Get(id); return active }), nil
}

func candidates(found lineup.Feeds, active func(id string) bool) []schedule.Candidate {
	out := make([]schedule.Candidate, len(found.Streams))
	for i, st := range found.Streams {
		out[i] = schedule.Candidate{ID: st.ID, Active: active(st.ID), Live: st.Health != nil && st.Health.Live}
	}
	return out
}
