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
			in.Body.AllowCommand = rt.allowCommands
			return rt.api.EnableSource(ctx, in.Key, in.Body)
		})

	type put struct {
		Key  string `path:"key" maxLength:"100" doc:"The source's key."`
		Body api.SourceText
	}
	register(rt, rt.operation("putSource", http.MethodPut, "/api/v1/sources/{key}", "Write a source file"),
		func(ctx context.Context, in *put) (api.Source, error) {
			in.Body.AllowCommand = rt.allowCommands
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
			t.AllowCommand = rt.allowCommands
			return rt.api.TestSource(ctx, in.Key, t)
		})

	type guess struct{ Body api.SourceLink }
	register(rt, rt.operation("guessSource", http.MethodPost, "/api/v1/sources/guess", "Propose a source file that reads a URL"),
		func(ctx context.Context, in *guess) (api.Guess, error) {
			in.Body.AllowCommand = rt.allowCommands
			return rt.api.GuessSource(ctx, in.Body)
		})
}

func (rt *routes) streams() {
	type list struct {
		All bool `query:"all" doc:"The dead ones too."`
	}
	register(rt, rt.operation("streams", http.MethodGet, "/api/v1/streams", "The streams: live first, then the fastest"),
		func(ctx context.Context, in *list) (api.StreamList, error) { return rt.api.Streams(ctx, in.All) })

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
		Viewer string `query:"viewer" maxLength:"200" doc:"Whose lease ends; all leases where it is absent."`
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
}

// others describes the routes that huma does not serve.
func (rt *routes) others() {
	events := rt.operation("subscribe", http.MethodGet, eventsPath, "Server-sent events: streams, active, sources, schedule, notice; refetch after a reconnect")
	events.Responses["200"] = &huma.Response{
		Description: "Events, named by their type.",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&events)

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
	playback.Parameters = []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
	playback.Responses["200"] = &huma.Response{
		Description: "A playlist (RFC 8216bis).",
		Content:     map[string]*huma.MediaType{"application/vnd.apple.mpegurl": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&playback)
}
