package desktop

import (
	"context"

	"gridwall/app/api"
)

// Facade is the facade as the page calls it: each method of api.API without its context. There is no thought in here,
// and none may come in: what the page can do, a script can do over HTTP.
type Facade struct{ g *gate }

// nothing is the result of a method that has none.
type nothing = struct{}

// Schedule is api.API's.
func (f *Facade) Schedule() (api.Schedule, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Schedule, error) { return a.Schedule(ctx) })
}

// RefreshSchedule is api.API's.
func (f *Facade) RefreshSchedule() (api.Schedule, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Schedule, error) { return a.RefreshSchedule(ctx) })
}

// SessionFeeds is api.API's.
func (f *Facade) SessionFeeds(event, session string) (api.SessionFeeds, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.SessionFeeds, error) {
		return a.SessionFeeds(ctx, event, session)
	})
}

// Calendars is api.API's.
func (f *Facade) Calendars() (api.CalendarList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.CalendarList, error) { return a.Calendars(ctx) })
}

// PutCalendars is api.API's.
func (f *Facade) PutCalendars(change api.CalendarChange) (api.CalendarList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.CalendarList, error) { return a.PutCalendars(ctx, change) })
}

// TryCalendar is api.API's.
func (f *Facade) TryCalendar(setting api.CalendarSetting) (api.CalendarTrial, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.CalendarTrial, error) { return a.TryCalendar(ctx, setting) })
}

// Preflight is api.API's.
func (f *Facade) Preflight(event, session string) (api.Preflight, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Preflight, error) { return a.Preflight(ctx, event, session) })
}

// RunPreflight is api.API's.
func (f *Facade) RunPreflight(event, session string) (api.Preflight, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Preflight, error) {
		return a.RunPreflight(ctx, event, session)
	})
}

// SetOpening is api.API's.
func (f *Facade) SetOpening(o api.Opening) (api.Preflight, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Preflight, error) { return a.SetOpening(ctx, o) })
}

// Rules is api.API's.
func (f *Facade) Rules() (api.RuleList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.RuleList, error) { return a.Rules(ctx) })
}

// PutRules is api.API's.
func (f *Facade) PutRules(list api.RuleList) (api.RuleList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.RuleList, error) { return a.PutRules(ctx, list) })
}

// PreviewRule is api.API's.
func (f *Facade) PreviewRule(t api.RuleTrial) (api.RulePreview, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.RulePreview, error) { return a.PreviewRule(ctx, t) })
}

// ReportCodecs is api.API's.
func (f *Facade) ReportCodecs(c api.Codecs) error {
	_, err := call(f.g, func(ctx context.Context, a *api.API) (nothing, error) { return nothing{}, a.ReportCodecs(ctx, c) })
	return err
}

// Sources is api.API's.
func (f *Facade) Sources() (api.SourceList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.SourceList, error) { return a.Sources(ctx) })
}

// SourceFile is api.API's.
func (f *Facade) SourceFile(key string) (api.SourceText, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.SourceText, error) { return a.SourceFile(ctx, key) })
}

// PutSource is api.API's. Who sits before the window may run programs anyway, so kind command is permitted.
func (f *Facade) PutSource(key, text, list string) (api.Source, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Source, error) {
		return a.PutSource(ctx, key, api.SourceText{Text: text, List: list, AllowCommand: true})
	})
}

// EnableSource is api.API's, with kind command permitted as in PutSource.
func (f *Facade) EnableSource(key string, enabled bool) (api.Source, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Source, error) {
		return a.EnableSource(ctx, key, api.SourceSwitch{Enabled: enabled, AllowCommand: true})
	})
}

// DeleteSource is api.API's.
func (f *Facade) DeleteSource(key string) error {
	_, err := call(f.g, func(ctx context.Context, a *api.API) (nothing, error) { return nothing{}, a.DeleteSource(ctx, key) })
	return err
}

// TestSource is api.API's.
func (f *Facade) TestSource(key, text, list string) (api.Trial, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Trial, error) {
		return a.TestSource(ctx, key, api.SourceText{Text: text, List: list, AllowCommand: true})
	})
}

// GuessSource is api.API's, with programs permitted as in PutSource.
func (f *Facade) GuessSource(url string) (api.Guess, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Guess, error) {
		return a.GuessSource(ctx, api.SourceLink{URL: url, AllowCommand: true})
	})
}

// Streams is api.API's.
func (f *Facade) Streams(all bool) (api.StreamList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.StreamList, error) { return a.Streams(ctx, all) })
}

// StreamChanges is api.API's.
func (f *Facade) StreamChanges(since string) (api.StreamChanges, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.StreamChanges, error) { return a.StreamChanges(ctx, since) })
}

// Variants is api.API's.
func (f *Facade) Variants(id string) (api.VariantList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.VariantList, error) { return a.Variants(ctx, id) })
}

// Extract is api.API's.
func (f *Facade) Extract(key string) (api.Extraction, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Extraction, error) { return a.Extract(ctx, key) })
}

// Active is api.API's.
func (f *Facade) Active() (api.ActiveList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.ActiveList, error) { return a.Active(ctx) })
}

// Activate is api.API's.
func (f *Facade) Activate(activation api.Activation) (api.Active, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Active, error) { return a.Activate(ctx, activation) })
}

// Deactivate is api.API's.
func (f *Facade) Deactivate(id, viewer string) error {
	_, err := call(f.g, func(ctx context.Context, a *api.API) (nothing, error) {
		return nothing{}, a.Deactivate(ctx, id, viewer)
	})
	return err
}

// RefreshActive is api.API's.
func (f *Facade) RefreshActive() (api.ActiveList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.ActiveList, error) { return a.RefreshActive(ctx) })
}

// Resolve is api.API's.
func (f *Facade) Resolve(url string) (api.Resolved, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Resolved, error) { return a.Resolve(ctx, url) })
}

// Settings is api.API's.
func (f *Facade) Settings() (api.Settings, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Settings, error) { return a.Settings(ctx) })
}

// PutSettings is api.API's.
func (f *Facade) PutSettings(change api.SettingsChange) (api.Settings, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Settings, error) { return a.PutSettings(ctx, change) })
}

// Layouts is api.API's.
func (f *Facade) Layouts() (api.Layouts, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Layouts, error) { return a.Layouts(ctx) })
}

// PutLayouts is api.API's.
func (f *Facade) PutLayouts(doc api.Layouts) (api.Layouts, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Layouts, error) { return a.PutLayouts(ctx, doc) })
}

// Walls is api.API's.
func (f *Facade) Walls() (api.WallList, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.WallList, error) { return a.Walls(ctx) })
}

// Wall is api.API's.
func (f *Facade) Wall(name string) (api.Wall, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Wall, error) { return a.Wall(ctx, name) })
}

// PutWall is api.API's.
func (f *Facade) PutWall(name string, change api.WallChange) (api.Wall, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.Wall, error) { return a.PutWall(ctx, name, change) })
}

// DeleteWall is api.API's.
func (f *Facade) DeleteWall(name, revision string) error {
	_, err := call(f.g, func(ctx context.Context, a *api.API) (nothing, error) {
		return nothing{}, a.DeleteWall(ctx, name, revision)
	})
	return err
}

// About is api.API's.
func (f *Facade) About() (api.About, error) {
	return call(f.g, func(ctx context.Context, a *api.API) (api.About, error) { return a.About(ctx) })
}
