package rest

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"gridwall/app/api"
)

// To add an operation, write the method of api.API and add it below: build/contract generates the page's types, its client and the
// window's bindings from that. The name of an operation is that of its method in lower camel case.

func (rt *routes) schedule() {
	plain(rt, rt.get("schedule", "/api/v1/schedule", "The events of all calendars"), (*api.API).Schedule)
	plain(rt, rt.post("refreshSchedule", "/api/v1/schedule/refresh", "Fetch the calendars again"), (*api.API).RefreshSchedule)

	type feeds struct {
		Event   string `query:"event" maxLength:"200" doc:"The event's id; without it, the event of the live or the next session."`
		Session string `query:"session" maxLength:"200" doc:"The session's name or type; without it, the event's live or next session."`
	}
	register(rt, rt.get("sessionFeeds", "/api/v1/schedule/feeds", "The streams of a session, the best first"),
		func(ctx context.Context, in *feeds) (api.SessionFeeds, error) {
			return rt.api.SessionFeeds(ctx, in.Event, in.Session)
		})

	register(rt, rt.get("preflight", "/api/v1/schedule/preflight", "The result of the last check of a session's streams"),
		func(ctx context.Context, in *feeds) (api.Preflight, error) {
			return rt.api.Preflight(ctx, in.Event, in.Session)
		})
	register(rt, rt.post("runPreflight", "/api/v1/schedule/preflight", "Check a session's streams: run their sources, probe the CDNs and compare the codecs; responds when that is done"),
		func(ctx context.Context, in *feeds) (api.Preflight, error) {
			return rt.api.RunPreflight(ctx, in.Event, in.Session)
		})
	withBody(rt, rt.put("setOpening", "/api/v1/schedule/opening", "Set whether the grid opens automatically at the start of a session"), (*api.API).SetOpening)
	rt.calendars()
}

func (rt *routes) calendars() {
	plain(rt, rt.get("calendars", "/api/v1/calendars", "The configured calendars and their state"), (*api.API).Calendars)
	withBody(rt, rt.put("putCalendars", "/api/v1/calendars", "Replace all calendars"), (*api.API).PutCalendars)
	withBody(rt, rt.post("tryCalendar", "/api/v1/calendars/try", "Read a calendar once without saving it"), (*api.API).TryCalendar)
}

func (rt *routes) rules() {
	plain(rt, rt.get("rules", "/api/v1/rules", "The rules that choose the streams of a session; the first rule that matches a session decides"), (*api.API).Rules)
	withBody(rt, rt.put("putRules", "/api/v1/rules", "Replace the rules that are not set in config.toml"), (*api.API).PutRules)
	withBody(rt, rt.post("previewRule", "/api/v1/rules/preview", "Preview which sessions and streams a rule matches now, without saving it"), (*api.API).PreviewRule)
}

func (rt *routes) sources() {
	plain(rt, rt.get("sources", "/api/v1/sources", "All sources, including those whose file has errors"), (*api.API).Sources)

	register(rt, rt.get("sourceFile", "/api/v1/sources/{key}", "The text of a source file"),
		func(ctx context.Context, in *byKey) (api.SourceText, error) { return rt.api.SourceFile(ctx, in.Key) })

	type enable struct {
		Key  string `path:"key" maxLength:"100" doc:"The source's key."`
		Body api.SourceSwitch
	}
	register(rt, rt.put("enableSource", "/api/v1/sources/{key}/enabled", "Enable or disable a source; only that line of its file changes"),
		func(ctx context.Context, in *enable) (api.Source, error) {
			return rt.api.EnableSource(ctx, in.Key, in.Body)
		})

	type put struct {
		Key  string `path:"key" maxLength:"100" doc:"The source's key."`
		Body api.SourceText
	}
	register(rt, rt.put("putSource", "/api/v1/sources/{key}", "Write a source file"),
		func(ctx context.Context, in *put) (api.Source, error) {
			return rt.api.PutSource(ctx, in.Key, in.Body)
		})
	registerEmpty(rt, rt.delete("deleteSource", "/api/v1/sources/{key}", "Delete a source file"),
		func(ctx context.Context, in *byKey) error { return rt.api.DeleteSource(ctx, in.Key) })

	type test struct {
		Key  string `path:"key" maxLength:"100" doc:"The source's key."`
		Body *api.SourceText
	}
	register(rt, rt.post("testSource", "/api/v1/sources/{key}/test", "Run a source without saving anything and report each step; a text replaces that of the file"),
		func(ctx context.Context, in *test) (api.Trial, error) {
			t := api.SourceText{}
			if in.Body != nil {
				t = *in.Body
			}
			return rt.api.TestSource(ctx, in.Key, t)
		})
	withBody(rt, rt.post("guessSource", "/api/v1/sources/guess", "Propose a source file for a URL"), (*api.API).GuessSource)
}

func (rt *routes) streams() {
	type list struct {
		All bool `query:"all" doc:"Include the streams that failed their last check."`
	}
	register(rt, rt.get("streams", "/api/v1/streams", "The streams: live ones first, then the fastest"),
		func(ctx context.Context, in *list) (api.StreamList, error) { return rt.api.Streams(ctx, in.All) })

	type changes struct {
		Since string `query:"since" maxLength:"100" doc:"The since of an earlier response; without it, the whole listing."`
	}
	register(rt, rt.get("streamChanges", "/api/v1/streams/changes", "The changes in the listing of all streams, in pages"),
		func(ctx context.Context, in *changes) (api.StreamChanges, error) {
			return rt.api.StreamChanges(ctx, in.Since)
		})

	type one struct {
		ID string `path:"id" maxLength:"100" doc:"The stream's id."`
	}
	register(rt, rt.get("variants", "/api/v1/streams/{id}/variants", "The variants of a stream, the best first"),
		func(ctx context.Context, in *one) (api.VariantList, error) { return rt.api.Variants(ctx, in.ID) })

	type choice struct {
		ID   string `path:"id" maxLength:"100" doc:"The stream's id."`
		Body api.SpareChoice
	}
	register(rt, rt.get("spares", "/api/v1/streams/{id}/spares", "The spares of a stream: streams that take over when its own source fails"),
		func(ctx context.Context, in *one) (api.SpareList, error) { return rt.api.Spares(ctx, in.ID) })
	register(rt, rt.put("putSpares", "/api/v1/streams/{id}/spares", "Set the spares of a stream by hand, or let the rules decide again"),
		func(ctx context.Context, in *choice) (api.SpareList, error) {
			return rt.api.PutSpares(ctx, in.ID, in.Body)
		})

	type extract struct {
		Source string `query:"source" maxLength:"100" doc:"The key of the source to run; without it, all run."`
	}
	register(rt, rt.post("extract", "/api/v1/extract", "Run the sources; responds when they have finished"),
		func(ctx context.Context, in *extract) (api.Extraction, error) { return rt.api.Extract(ctx, in.Source) })
}

func (rt *routes) active() {
	plain(rt, rt.get("active", "/api/v1/active", "The active streams"), (*api.API).Active)
	withBody(rt, rt.post("activate", "/api/v1/active", "Activate a stream: its token is renewed as long as it has viewers"), (*api.API).Activate)

	type end struct {
		ID     string `path:"id" maxLength:"100"`
		Viewer string `query:"viewer" maxLength:"64" doc:"The viewer whose lease ends; without it, all leases end."`
	}
	registerEmpty(rt, rt.delete("deactivate", "/api/v1/active/{id}", "End a viewer's lease on a stream, or all leases"),
		func(ctx context.Context, in *end) error { return rt.api.Deactivate(ctx, in.ID, in.Viewer) })

	type spare struct {
		ID   string `path:"id" maxLength:"100" doc:"The stream's id."`
		Body api.SpareSwitch
	}
	register(rt, rt.post("switchSpare", "/api/v1/active/{id}/spare", "Play an active stream from a spare, or from its own source again; the playback address stays"),
		func(ctx context.Context, in *spare) (api.Active, error) {
			return rt.api.SwitchSpare(ctx, in.ID, in.Body)
		})

	plain(rt, rt.post("refreshActive", "/api/v1/active/refresh", "Renew all active streams; responds when that is done"), (*api.API).RefreshActive)

	type resolve struct {
		URL string `query:"url" doc:"Any URL that a stream has ever had."`
	}
	register(rt, rt.get("resolve", "/api/v1/active/resolve", "The current URL for any URL that a stream has ever had; an unknown URL is returned unchanged"),
		func(ctx context.Context, in *resolve) (api.Resolved, error) { return rt.api.Resolve(ctx, in.URL) })
}

func (rt *routes) documents() {
	plain(rt, rt.get("clock", "/api/v1/clock", "The server's time"), (*api.API).Clock)
	plain(rt, rt.get("settings", "/api/v1/settings", "The current settings"), (*api.API).Settings)
	withBody(rt, rt.put("putSettings", "/api/v1/settings", "Change settings; settings that are not named keep their value"), (*api.API).PutSettings)

	register(rt, rt.get("layouts", "/api/v1/layouts", "The saved layouts"),
		func(ctx context.Context, _ *none) (document, error) {
			doc, err := rt.api.Layouts(ctx)
			return document(doc), err
		})

	plain(rt, rt.get("offsets", "/api/v1/offsets", "The offsets of feeds and kinds of feeds"), (*api.API).Offsets)
	withBody(rt, rt.put("putOffsets", "/api/v1/offsets", "Set or delete offsets; those that are not named stay. An answer of GET can be sent back"), (*api.API).PutOffsets)

	type layouts struct{ Body document }
	register(rt, rt.put("putLayouts", "/api/v1/layouts", "Save the layouts"),
		func(ctx context.Context, in *layouts) (document, error) {
			doc, err := rt.api.PutLayouts(ctx, api.Layouts(in.Body))
			return document(doc), err
		})
}

func (rt *routes) program() {
	plain(rt, rt.get("about", "/api/v1/about", "The version of the program and the paths of its files"), (*api.API).About)
	registerEmpty(rt, rt.put("reportCodecs", "/api/v1/codecs", "Report the codecs that the page can play"),
		func(ctx context.Context, in *jsonBody[api.Codecs]) error { return rt.api.ReportCodecs(ctx, in.Body) })
}

// others describes the routes that huma does not serve, because their responses are not JSON.
func (rt *routes) others() {
	rt.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[api.Event](), true, "Event")
	events := rt.get("subscribe", EventsPath, "Server-sent events; fetch everything again after a reconnect")
	events.Parameters = []*huma.Param{{
		Name: "screen", In: "query", Description: "The id of a screen, to receive the commands for it.", Schema: &huma.Schema{Type: huma.TypeString},
	}}
	events.Responses["200"] = &huma.Response{
		Description: "Each event is named by its type; its data is an Event as JSON.",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&events)

	calendar := rt.get("scheduleICS", CalendarPath, "The sessions as an iCalendar file (RFC 5545); the token may be sent as ?token=, because calendar apps send no headers")
	calendar.Parameters = []*huma.Param{{
		Name: "series", In: "query", Description: "The series to list, separated by commas; without it, all.", Schema: &huma.Schema{Type: huma.TypeString},
	}}
	calendar.Responses["200"] = &huma.Response{
		Description: "A calendar with one entry for each session. A session keeps its UID; a cancelled one has STATUS:CANCELLED.",
		Content:     map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&calendar)

	health := rt.get("health", HealthPath, "Whether the server is up; needs no token")
	health.Responses["200"] = &huma.Response{
		Description: "It is up.",
		Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
			Type: huma.TypeObject,
			Properties: map[string]*huma.Schema{
				"status": {Type: huma.TypeString}, "version": {Type: huma.TypeString},
			},
		}}},
	}
	rt.huma.OpenAPI().AddOperation(&health)

	playback := rt.get("play", "/hls/{id}/index.m3u8", "The playlist of a stream, for any player; the addresses in it are relative")
	playback.Parameters = []*huma.Param{
		{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}},
		{Name: "quality", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: "Which variants are offered: a variant's name, " +
			"720p (or the nearest below it, else the lowest), <=720p, 2500k, <=2500k, max, min or audio; any other value: all."},
	}
	playback.Responses["200"] = &huma.Response{
		Description: "A playlist (RFC 8216bis).",
		Content:     map[string]*huma.MediaType{"application/vnd.apple.mpegurl": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	rt.huma.OpenAPI().AddOperation(&playback)
}
