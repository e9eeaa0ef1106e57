package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/config"
	"gridwall/backend/proxy"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/internal/testserver"
)

// raceFile returns a calendar file with one race that starts at start.
func raceFile(name string, start time.Time) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Cup: Race (" + name + ")\r\nDTSTART:" +
		start.UTC().Format("20060102T150405Z") + "\r\nDURATION:PT2H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// events returns the names of the schedule's events.
func (r *running) events() (out []string) {
	r.t.Helper()
	for _, e := range list(r.t, r.get("/api/v1/schedule").json(r.t), "events") {
		out = append(out, fmt.Sprint(e["series"], " ", e["name"]))
	}
	return out
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func TestCalendarsAreTriedSavedOrderedAndSurviveARestart(t *testing.T) {
	later := time.Now().Add(100 * time.Hour)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("key") != "s3cret" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(raceFile("Moor", later)))
	}))
	defer site.Close()
	h := testserver.NewHome(t, "", nil)
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "club.ics"), []byte(raceFile("Lakes", later.Add(time.Hour))), 0o600))
	s := start(t, h, true) // with the demo no calendar is fetched by default
	assert.Equal(t, false, s.get("/api/v1/calendars").json(t)["chosen"])

	trial := s.do("POST", "/api/v1/calendars/try", asJSON(t, map[string]string{"kind": "ics", "url": site.URL + "/x.ics?key=s3cret", "series": "cup"})).json(t)
	assert.EqualValues(t, 1, trial["count"])
	assert.Equal(t, "Moor", list(t, trial, "events")[0]["name"])
	assert.Equal(t, []any{"cup"}, trial["series"])
	trial = s.do("POST", "/api/v1/calendars/try", asJSON(t, map[string]string{"kind": "ics", "url": site.URL + "/x.ics?key=wrong"})).json(t)
	assert.EqualValues(t, 0, trial["count"])
	assert.Contains(t, trial["error"], "403")
	assert.NotContains(t, trial["error"], "wrong", "the key of an address is a secret")
	trial = s.do("POST", "/api/v1/calendars/try", `{"kind":"ics","path":"nowhere.ics"}`).json(t)
	assert.Contains(t, trial["error"], "file not found")
	assert.NotContains(t, s.events(), "cup Moor", "a trial saves nothing")

	all := []map[string]string{
		{"kind": "ics", "url": site.URL + "/x.ics?key=s3cret", "series": "cup", "name": "Cup", "color": "teal"},
		{"kind": "ics", "path": "club.ics", "series": "club"},
		{"kind": "ics", "text": raceFile("Hills", later.Add(2*time.Hour)), "series": "hill climb", "color": "#ff8800"},
	}
	answer := s.do("PUT", "/api/v1/calendars", asJSON(t, map[string]any{"calendars": all})).json(t)
	assert.Equal(t, true, answer["chosen"])
	kept := list(t, answer, "calendars")
	require.Len(t, kept, 3)
	copied, _ := kept[2]["copy"].(string)
	assert.Len(t, copied, 16)
	assert.NotContains(t, kept[2], "text")
	assert.Eventually(t, func() bool {
		names := strings.Join(s.events(), ", ")
		return strings.Contains(names, "cup Moor, club Lakes, hill climb Hills")
	}, wait, 20*time.Millisecond, "they are read at once")
	for _, e := range list(t, s.get("/api/v1/schedule").json(t), "events") {
		if e["name"] == "Moor" {
			assert.Equal(t, []any{"Cup", "teal"}, []any{e["calendar"], e["color"]})
		}
	}

	for code, body := range map[string]string{
		"invalid":     `{"calendars":[{"kind":"ics"}]}`,
		"bad_request": `{"calendars":`,
	} {
		status := map[string]int{"invalid": 422, "bad_request": 400}[code]
		s.do("PUT", "/api/v1/calendars", body).failed(t, status, code)
	}
	for _, body := range []string{
		`{"calendars":[{"kind":"ergast"}]}`, `{"calendars":[{"kind":"demo"},{"kind":"demo"}]}`, `{"calendars":[{"kind":"ics","copy":"0123456789abcdef"}]}`,
		`{"calendars":[{"kind":"jolpica","text":"x"}]}`, `{"calendars":[{"kind":"demo","color":"mauve"}]}`,
	} {
		s.do("PUT", "/api/v1/calendars", body).failed(t, 422, "invalid")
	}
	assert.Len(t, list(t, s.get("/api/v1/calendars").json(t), "calendars"), 3, "invalid requests change nothing")

	reordered := []map[string]string{{"kind": "ics", "copy": copied, "series": "hill climb"}, all[0]}
	s.do("PUT", "/api/v1/calendars", asJSON(t, map[string]any{"calendars": reordered})).json(t)
	s.Stop()
	s = start(t, h, true)
	kept = list(t, s.get("/api/v1/calendars").json(t), "calendars")
	require.Len(t, kept, 2)
	assert.Equal(t, []any{copied, "cup"}, []any{kept[0]["copy"], kept[1]["series"]})
	assert.Contains(t, s.events(), "hill climb Hills")
	assert.NotContains(t, s.events(), "club Lakes")
	assert.Equal(t, false, s.do("PUT", "/api/v1/calendars", `{"calendars":[],"reset":true}`).json(t)["chosen"])
}

func TestCalendarsInConfigTomlAreFixed(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	answer := s.get("/api/v1/calendars").json(t)
	assert.Equal(t, true, answer["fixed"])
	s.do("PUT", "/api/v1/calendars", `{"calendars":[]}`).failed(t, 409, "fixed")
}

func TestOverridesAndCalendarFilesAreReadAgainWhenTheyChange(t *testing.T) {
	later := time.Now().Add(100 * time.Hour).Truncate(time.Second)
	h := testserver.NewHome(t, "[[schedule]]\nkind = \"ics\"\npath = \"club.ics\"\nseries = \"club\"\n", nil)
	write := func(name, text string) {
		// Editors replace the file by a new one.
		tmp := filepath.Join(h.Config, "tmp")
		require.NoError(t, os.WriteFile(tmp, []byte(text), 0o600))
		require.NoError(t, os.Rename(tmp, filepath.Join(h.Config, name)))
	}
	write("club.ics", raceFile("Lakes", later))
	s := start(t, h, false)
	race := func() (event, session map[string]any, problem any) {
		v := s.get("/api/v1/schedule").json(t)
		all := list(t, v, "events")
		if len(all) == 0 {
			return nil, map[string]any{}, v["error"]
		}
		return all[0], list(t, all[0], "sessions")[0], v["error"]
	}
	until := func(what string, is func() bool) {
		t.Helper()
		require.Eventually(t, is, wait, 50*time.Millisecond, what)
	}
	until("the file is read", func() bool { e, _, _ := race(); return e != nil && e["name"] == "Lakes" })

	write("overrides.toml", "[[override]]\nevent = \"/lakes/\"\nsession = \"race\"\nstart = "+later.Add(time.Hour).UTC().Format(time.RFC3339)+"\n")
	until("the override applies", func() bool { _, x, _ := race(); return x["overridden"] == true })
	_, x, problem := race()
	assert.Nil(t, problem)
	assert.Equal(t, later.UTC().Format(time.RFC3339), x["moved_from"])
	assert.Equal(t, later.Add(time.Hour).UTC().Format(time.RFC3339), x["start"])

	write("overrides.toml", "[[override]]\nevent = \"/lakes/\nstatus = \"cancelled\"\n")
	until("a broken file is reported", func() bool { _, _, p := race(); return p != nil })
	e, x, problem := race()
	assert.Contains(t, problem, "overrides.toml:2: ")
	assert.Equal(t, "Lakes", e["name"], "the rest of the schedule is unaffected")
	assert.NotContains(t, x, "overridden")
	require.NoError(t, os.Remove(filepath.Join(h.Config, "overrides.toml")))
	until("the deleted file is forgotten", func() bool { _, _, p := race(); return p == nil })

	write("club.ics", raceFile("Lakes", later.Add(3*time.Hour)))
	until("the calendar's file is read again", func() bool {
		_, x, _ := race()
		return x["start"] == later.Add(3*time.Hour).UTC().Format(time.RFC3339)
	})
	_, x, _ = race()
	assert.Equal(t, later.UTC().Format(time.RFC3339), x["moved_from"], "the earlier start is remembered")
}

func TestAFileThatChangesDuringStartupIsReadAgain(t *testing.T) {
	later := time.Now().Add(100 * time.Hour).Truncate(time.Second)
	h := testserver.NewHome(t, "[[schedule]]\nkind = \"ics\"\npath = \"club.ics\"\nseries = \"club\"\n", nil)
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "club.ics"), []byte(raceFile("Lakes", later)), 0o600))
	a := builtOn(t, h)
	override := "[[override]]\nevent = \"Lakes\"\nstatus = \"cancelled\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "overrides.toml"), []byte(override), 0o600))
	a.Start()
	require.Eventually(t, func() bool {
		events := a.calendar.Calendar(time.Now()).Events
		return len(events) == 1 && events[0].Sessions[0].Overridden
	}, wait, 20*time.Millisecond)
}

func TestCalendarAppsCanSubscribeToTheSeason(t *testing.T) {
	s := start(t, testserver.NewHome(t, "[server]\ntoken = \"a-long-secret\"\n"+testserver.Quiet, nil), false)
	s.get("/api/v1/schedule.ics").failed(t, 401, "unauthorized")
	s.get("/api/v1/schedule.ics?token=wrong").failed(t, 401, "unauthorized")
	s.get("/api/v1/schedule?token=a-long-secret").failed(t, 401, "unauthorized")
	feed := s.get("/api/v1/schedule.ics?token=a-long-secret")
	require.Equal(t, 200, feed.Status, "%s", feed.Body)
	assert.Equal(t, "text/calendar; charset=utf-8", feed.Header.Get("Content-Type"))
	assert.Contains(t, string(feed.Body), "BEGIN:VEVENT")
	assert.NotContains(t, string(feed.Body), "secret")
	none := s.get("/api/v1/schedule.ics?token=a-long-secret&series=f1,motogp")
	assert.Equal(t, 200, none.Status)
	assert.NotContains(t, string(none.Body), "BEGIN:VEVENT")
	s.do("POST", "/api/v1/schedule.ics?token=a-long-secret", "").failed(t, 401, "unauthorized")
}

// growing is a site whose feed gets a new segment with each request, until still is set.
type growing struct {
	msn   atomic.Int64
	still atomic.Bool
}

func (g *growing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/list.json":
		fmt.Fprintf(w, `[{"url":"http://%s/world.m3u8","title":"Club Lakes world feed","quality":"720p"}]`, r.Host)
	case strings.HasSuffix(r.URL.Path, ".m3u8"):
		n := g.msn.Load()
		if !g.still.Load() {
			n = g.msn.Add(1)
		}
		w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:%d\n#EXTINF:1,\n%d.ts\n", n, n)
	default:
		w.Header().Set("Content-Type", "video/mp2t")
		_, _ = w.Write([]byte(strings.Repeat("G", 2000)))
	}
}

// builtOn builds the program with the folders of h, and does not start it.
func builtOn(t *testing.T, h testserver.Home) *App {
	t.Helper()
	paths, err := config.DefaultPaths().With(h.Config, h.Data)
	require.NoError(t, err)
	conf, err := config.Load(paths.Config)
	require.NoError(t, err)
	a, err := New(Options{Config: conf, Paths: paths, Version: "test", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return a
}

func TestASessionIsStillOnWhileItsStreamsGetNewSegments(t *testing.T) {
	g := &growing{}
	site := httptest.NewServer(g)
	defer site.Close()
	h := testserver.NewHome(t, "[[schedule]]\nkind = \"ics\"\npath = \"club.ics\"\nseries = \"club\"\n", map[string]string{
		"site": fmt.Sprintf("kind = \"json\"\nallow_private = true\nurl = \"%s/list.json\"\nquery = \".[]\"\n", site.URL),
	})
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "club.ics"), []byte(raceFile("Lakes", time.Now().Add(-time.Hour))), 0o600))
	a := builtOn(t, h)
	_, err := a.api.Extract(t.Context(), "")
	require.NoError(t, err)
	a.calendar.Refresh(t.Context())
	found, err := a.api.SessionFeeds(t.Context(), "", "")
	require.NoError(t, err)
	require.Equal(t, 1, found.Count)
	require.True(t, *found.Streams[0].IsLive)

	now := time.Now()
	m := &schedule.Detector{
		Streams: func(event, session string) ([]schedule.Candidate, error) {
			found, err := a.lineup.Feeds(event, session)
			return candidates(found, func(string) bool { return false }), err
		},
		Now: func() time.Time { return now },
		Progress: func(ctx context.Context, id string) (schedule.Progress, error) {
			// A new proxy has no playlist cached: this skips the ten seconds for which a playlist counts as current.
			p := proxy.New(proxy.Options{Streams: a.renewals, Transports: a.pool, Memory: feedRecords{a.store}, Log: slog.New(slog.DiscardHandler)})
			defer func() { require.NoError(t, p.Close()) }()
			newest, err := p.Newest(ctx, id)
			return schedule.Progress(newest), err
		},
	}
	e := season.Event{ID: found.EventID}
	one := season.Session{Name: found.Session}
	assert.False(t, m.StillOn(t.Context(), e, one), "one check proves nothing")
	assert.True(t, m.StillOn(t.Context(), e, one))
	_, active := a.renewals.Get(found.Streams[0].ID)
	assert.False(t, active, "a check keeps no stream active")
	g.still.Store(true)
	now = now.Add(50 * time.Second)
	assert.True(t, m.StillOn(t.Context(), e, one), "a segment may be late")
	now = now.Add(20 * time.Second)
	assert.False(t, m.StillOn(t.Context(), e, one))
	assert.False(t, m.StillOn(t.Context(), season.Event{ID: "nowhere"}, one))
}
