package server

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gridwall/app/api"
)

func (rt *routes) schedule() {
	register(rt, rt.operation("schedule", http.MethodGet, "/api/v1/schedule", "The calendar"),
		func(ctx context.Context, _ *none) (api.Schedule, error) { return rt.api.Schedule(ctx) })
	register(rt, rt.operation("refreshSchedule", http.MethodPost, "/api/v1/schedule/refresh", "Fetch the calendar anew"),
		func(ctx context.Context, _ *none) (api.Schedule, error) { return rt.api.RefreshSchedule(ctx) })

	type feeds struct {
		Event   string `query:"event" maxLength:"200" doc:"The event's id; without it, the live session's event, or that of the next one."`
		Session string `query:"session" maxLength:"200" doc:"The session's name or type; without it, the event's live session, or its next one."`
	}
	register(rt, rt.operation("sessionFeeds", http.MethodGet, "/api/v1/schedule/feeds", "The streams that show a session, the best first"),
		func(ctx context.Context, in *feeds) (api.SessionFeeds, error) {
			return rt.api.SessionFeeds(ctx, in.Event, in.Session)
		})

	register(rt, rt.operation("preflight", http.MethodGet, "/api/v1/schedule/preflight", "What the last check of a session's feeds found"),
		func(ctx context.Context, in *feeds) (api.Preflight, error) {
			return rt.api.Preflight(ctx, in.Event, in.Session)
		})
	register(rt, rt.operation("runPreflight", http.MethodPost, "/api/v1/schedule/preflight", "Check a session's feeds: run the sources concerned, ask the CDNs, compare the codecs; answers when that is done"),
		func(ctx context.Context, in *feeds) (api.Preflight, error) {
			return rt.api.RunPreflight(ctx, in.Event, in.Session)
		})

	type opening struct{ Body api.Opening }
	register(rt, rt.operation("setOpening", http.MethodPut, "/api/v1/schedule/opening", "Say of one session whether the grid opens by itself at its start"),
		func(ctx context.Context, in *opening) (api.Preflight, error) { return rt.api.SetOpening(ctx, in.Body) })
	rt.calendars()
}

func (rt *routes) calendars() {
	register(rt, rt.operation("calendars", http.MethodGet, "/api/v1/calendars", "The calendars that are set, and how each stands"),
		func(ctx context.Context, _ *none) (api.CalendarList, error) { return rt.api.Calendars(ctx) })

	type put struct{ Body api.CalendarChange }
	register(rt, rt.operation("putCalendars", http.MethodPut, "/api/v1/calendars", "Replace the calendars: all of them, in their order"),
		func(ctx context.Context, in *put) (api.CalendarList, error) { return rt.api.PutCalendars(ctx, in.Body) })

	type try struct{ Body api.CalendarSetting }
	register(rt, rt.operation("tryCalendar", http.MethodPost, "/api/v1/calendars/try", "Read a calendar once, and keep nothing"),
		func(ctx context.Context, in *try) (api.CalendarTrial, error) { return rt.api.TryCalendar(ctx, in.Body) })
}

func (rt *routes) rules() {
	register(rt, rt.operation("rules", http.MethodGet, "/api/v1/rules", "Which feeds belong to which session: the first rule that speaks of a session decides"),
		func(ctx context.Context, _ *none) (api.RuleList, error) { return rt.api.Rules(ctx) })

	type list struct{ Body api.RuleList }
	register(rt, rt.operation("putRules", http.MethodPut, "/api/v1/rules", "Replace the rules that do not stand in config.toml"),
		func(ctx context.Context, in *list) (api.RuleList, error) { return rt.api.PutRules(ctx, in.Body) })

	type trial struct{ Body api.RuleTrial }
	register(rt, rt.operation("previewRule", http.MethodPost, "/api/v1/rules/preview", "What a rule would take now, before it is kept"),
		func(ctx context.Context, in *trial) (api.RulePreview, error) { return rt.api.PreviewRule(ctx, in.Body) })
}

func (rt *routes) sources() {
	register(rt, rt.operation("sources", http.MethodGet, "/api/v1/sources", "The source files, the broken ones too"),
		func(ctx context.Context, _ *none) (api.SourceList, error) { return rt.api.Sources(ctx) })

	register(rt, rt.operation("sourceFile", http.MethodGet, "/api/v1/sources/{key}", "A source file's text, as it stands on the disk"),
		func(ctx context.Context, in *byKey) (api.SourceText, error) { return rt.api.SourceFile(ctx, in.Key) })

	type enable struct {
		Key  string `path:"key" maxLength:"100" doc:"The source's key."`
		Body api.SourceSwitch
	}
	register(rt, rt.operation("enableSource", http.MethodPut, "/api/v1/sources/{key}/enabled", "Turn a source on or off, by that one line of its file"),
		func(ctx context.Context, in *enable) (api.Source, error) {
			return rt.api.EnableSource(ctx, in.Key, in.Body)
		})

	type put struct {
		Key  string `path:"key" maxLength:"100" doc:"The source's key."`
		Body api.SourceText
	}
	register(rt, rt.operation("putSource", http.MethodPut, "/api/v1/sources/{key}", "Write a source file"),
		func(ctx context.Context, in *put) (api.Source, error) {
			return rt.api.PutSource(ctx, in.Key, in.Body)
		})
	registerEmpty(rt, rt.operation("deleteSource", http.MethodDelete, "/api/v1/sources/{key}", "Delete a source file"),
		func(ctx context.Context, in *byKey) error { return rt.api.DeleteSource(ctx, in.Key) })

	type test struct {
		Key  string `path:"key" maxLength:"100" doc:"The source's key."`
		Body *api.SourceText
	}
	register(rt, rt.operation("testSource", http.MethodPost, "/api/v1/sources/{key}/test", "Run a source without saving anything, and tell each step; with a text, that text in place of the file"),
		func(ctx context.Context, in *test) (api.Trial, error) {
			t := api.SourceText{}
			if in.Body != nil {
				t = *in.Body
			}
			return rt.api.TestSource(ctx, in.Key, t)
		})

	type guess struct{ Body api.SourceLink }
	register(rt, rt.operation("guessSource", http.MethodPost, "/api/v1/sources/guess", "Propose a source file that reads a URL"),
		func(ctx context.Context, in *guess) (api.Guess, error) {
			return rt.api.GuessSource(ctx, in.Body)
		})
}

func (rt *routes) streams() {
	type list struct {
		All bool `query:"all" doc:"The dead ones too."`
	}
	register(rt, rt.operation("streams", http.MethodGet, "/api/v1/streams", "The streams: live first, then the fastest"),
		func(ctx context.Context, in *list) (api.StreamList, error) { return rt.api.Streams(ctx, in.All) })

	type changes struct {
		Since string `query:"since" maxLength:"100" doc:"An earlier answer's since; absent: from the beginning."`
	}
	register(rt, rt.operation("streamChanges", http.MethodGet, "/api/v1/streams/changes", "What has changed in the listing of all streams, some thousand at a time"),
		func(ctx context.Context, in *changes) (api.StreamChanges, error) {
			return rt.api.StreamChanges(ctx, in.Since)
		})

	type one struct {
		ID string `path:"id" maxLength:"100" doc:"The stream's id."`
	}
	register(rt, rt.operation("variants", http.MethodGet, "/api/v1/streams/{id}/variants", "The qualities of a stream, the best first"),
		func(ctx context.Context, in *one) (api.VariantList, error) { return rt.api.Variants(ctx, in.ID) })

	type extract struct {
		Source string `query:"source" maxLength:"100" doc:"The key of the one source to run; all where it is absent."`
	}
	register(rt, rt.operation("extract", http.MethodPost, "/api/v1/extract", "Run the sources, and answer when that is done"),
		func(ctx context.Context, in *extract) (api.Extraction, error) { return rt.api.Extract(ctx, in.Source) })
}

func (rt *routes) active() {
	register(rt, rt.operation("active", http.MethodGet, "/api/v1/active", "The active streams"),
		func(ctx context.Context, _ *none) (api.ActiveList, error) { return rt.api.Active(ctx) })

	type activate struct{ Body api.Activation }
	register(rt, rt.operation("activate", http.MethodPost, "/api/v1/active", "Keep a stream fresh from now on"),
		func(ctx context.Context, in *activate) (api.Active, error) { return rt.api.Activate(ctx, in.Body) })

	type end struct {
		ID     string `path:"id" maxLength:"100"`
		Viewer string `query:"viewer" maxLength:"64" doc:"Whose lease ends; all leases where it is absent."`
	}
	registerEmpty(rt, rt.operation("deactivate", http.MethodDelete, "/api/v1/active/{id}", "End a viewer's lease, or all"),
		func(ctx context.Context, in *end) error { return rt.api.Deactivate(ctx, in.ID, in.Viewer) })

	register(rt, rt.operation("refreshActive", http.MethodPost, "/api/v1/active/refresh", "Renew all active streams, and answer when that is done"),
		func(ctx context.Context, _ *none) (api.ActiveList, error) { return rt.api.RefreshActive(ctx) })

	type resolve struct {
		URL string `query:"url" doc:"Any URL that a stream ever had."`
	}
	register(rt, rt.operation("resolve", http.MethodGet, "/api/v1/active/resolve", "The fresh URL of any URL that a stream ever had; an unknown one comes back as it is"),
		func(ctx context.Context, in *resolve) (api.Resolved, error) { return rt.api.Resolve(ctx, in.URL) })
}

func (rt *routes) documents() {
	register(rt, rt.operation("settings", http.MethodGet, "/api/v1/settings", "The settings in force"),
		func(ctx context.Context, _ *none) (api.Settings, error) { return rt.api.Settings(ctx) })

	type settings struct{ Body api.SettingsChange }
	register(rt, rt.operation("putSettings", http.MethodPut, "/api/v1/settings", "Change settings; those that are not named stay"),
		func(ctx context.Context, in *settings) (api.Settings, error) { return rt.api.PutSettings(ctx, in.Body) })

	register(rt, rt.operation("layouts", http.MethodGet, "/api/v1/layouts", "The saved layouts"),
		func(ctx context.Context, _ *none) (document, error) {
			doc, err := rt.api.Layouts(ctx)
			return document(doc), err
		})

	type layouts struct{ Body document }
	register(rt, rt.operation("putLayouts", http.MethodPut, "/api/v1/layouts", "Save the layouts"),
		func(ctx context.Context, in *layouts) (document, error) {
			doc, err := rt.api.PutLayouts(ctx, api.Layouts(in.Body))
			return document(doc), err
		})
}

func (rt *routes) program() {
	register(rt, rt.operation("about", http.MethodGet, "/api/v1/about", "What runs here, and where its files lie"),
		func(ctx context.Context, _ *none) (api.About, error) { return rt.api.About(ctx) })

	type codecs struct{ Body api.Codecs }
	registerEmpty(rt, rt.operation("reportCodecs", http.MethodPut, "/api/v1/codecs", "Tell what the page can play"),
		func(ctx context.Context, in *codecs) error { return rt.api.ReportCodecs(ctx, in.Body) })
}

// others describes the routes that huma does not serve.
func (rt *routes) others() {
	events := rt.operation("subscribe", http.MethodGet, eventsPath, "Server-sent events: streams, active, sources, schedule, walls, notice; refetch after a reconnect")
	events.Responses["200"] = &huma.Response{
		Description: "Events, named by their type.",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&events)

	feed := rt.operation("scheduleICS", http.MethodGet, feedPath, "The calendar for calendar apps (RFC 5545), an entry a session; it may be asked for with ?token=, since they send no headers")
	feed.Parameters = []*huma.Param{{
		Name: "series", In: "query", Description: "The series to list, with commas between; all where it is absent.", Schema: &huma.Schema{Type: huma.TypeString},
	}}
	feed.Responses["200"] = &huma.Response{
		Description: "A calendar. A session keeps its UID; a cancelled one has STATUS:CANCELLED.",
		Content:     map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&feed)

	health := rt.operation("health", http.MethodGet, healthPath, "Whether the server is up; open to all")
	health.Responses["200"] = &huma.Response{
		Description: "It is.",
		Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
			Type: huma.TypeObject,
			Properties: map[string]*huma.Schema{
				"status": {Type: huma.TypeString}, "version": {Type: huma.TypeString},
			},
		}}},
	}
	rt.huma.OpenAPI().AddOperation(&health)

	playback := rt.operation("play", http.MethodGet, "/hls/{id}/index.m3u8", "A stream's playlist, for any player; all that it names lies beside it")
	playback.Parameters = []*huma.Param{
		{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}},
		{Name: "quality", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "Which variants are offered: a variant's name, " +
			"720p (the nearest below where there is none, else the lowest), <=720p, 2500k, <=2500k, max, min or audio; anything else: all."},
	}
	playback.Responses["200"] = &huma.Response{
		Description: "A playlist (RFC 8216bis).",
		Content:     map[string]*huma.MediaType{"application/vnd.apple.mpegurl": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&playback)
}
