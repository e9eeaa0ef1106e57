package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

func TestStreamsAreListedAsTheContractSays(t *testing.T) {
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()}), false)
	s.streams(2)
	v := s.do("POST", "/api/v1/extract", "").json(t)
	assert.ElementsMatch(t, []string{"streams", "count", "failed"}, keys(v))
	assert.EqualValues(t, 1, v["count"], "the stream that is not live is left out")

	all := list(t, s.get("/api/v1/streams?all=1").json(t), "streams")
	require.Len(t, all, 2)
	live, dead := all[0], all[1]
	assert.ElementsMatch(t, []string{
		"url", "site_key", "site_name", "quality", "title", "extracted_at", "is_live", "response_time_ms", "checked_at",
		"bitrate", "id",
	}, keys(live))
	assert.Equal(t, "World feed", live["title"])
	assert.Equal(t, true, live["is_live"])
	assert.Equal(t, false, dead["is_live"])
	assert.Nil(t, live["bitrate"], "a media playlist names none")
	at, err := time.Parse(time.RFC3339, live["extracted_at"].(string))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), at, time.Minute)
	assert.True(t, strings.HasSuffix(live["extracted_at"].(string), "Z"), "UTC")

	v = s.get("/api/v1/streams").json(t)
	assert.ElementsMatch(t, []string{"streams", "count"}, keys(v))
	assert.EqualValues(t, 1, v["count"])
	assert.Equal(t, live["id"], list(t, v, "streams")[0]["id"])
}

func TestAStreamIsActivatedPlayedRenewedAndDeactivated(t *testing.T) {
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()}), false)
	s.streams(2)
	stream := list(t, s.do("POST", "/api/v1/extract?source=site", "").json(t), "streams")[0]
	id, first := stream["id"].(string), stream["url"].(string)
	assert.JSONEq(t, `{"active":[]}`, string(s.get("/api/v1/active").Body))

	byURL, err := json.Marshal(map[string]string{"url": first, "site_key": "site", "viewer": "one"})
	require.NoError(t, err)
	active := s.do("POST", "/api/v1/active", string(byURL)).json(t)
	assert.ElementsMatch(t, []string{
		"id", "original_url", "current_url", "site_key", "title", "quality", "last_refreshed", "refresh_count",
		"last_error", "expires_at", "playback_url",
	}, keys(active))
	assert.Equal(t, id, active["id"])
	assert.Equal(t, "/hls/"+id+"/index.m3u8", active["playback_url"])
	assert.Nil(t, active["expires_at"])
	s.do("POST", "/api/v1/active", `{"stream_id":"`+id+`","viewer":"two"}`).json(t)
	assert.Len(t, list(t, s.get("/api/v1/active").json(t), "active"), 1)

	playlist := s.get(active["playback_url"].(string))
	require.Equal(t, 200, playlist.Status, "%s", playlist.Body)
	assert.NotContains(t, string(playlist.Body), "token")
	segment := s.get("/hls/" + id + "/main/7.ts")
	require.Equal(t, 200, segment.Status, "%s", segment.Body)
	assert.Equal(t, byte(0x47), segment.Body[0])

	renewed := list(t, s.do("POST", "/api/v1/active/refresh", "").json(t), "active")[0]
	assert.NotEqual(t, first, renewed["current_url"])
	assert.Equal(t, "", renewed["last_error"])
	resolved := s.get("/api/v1/active/resolve?url=" + url.QueryEscape(first)).json(t)
	assert.Equal(t, map[string]any{"url": renewed["current_url"]}, resolved)
	assert.JSONEq(t, `{"url":"https://else.test/x"}`, string(s.get("/api/v1/active/resolve?url=https://else.test/x").Body))

	assert.Equal(t, 204, s.do("DELETE", "/api/v1/active/"+id+"?viewer=one", "").Status)
	assert.Len(t, list(t, s.get("/api/v1/active").json(t), "active"), 1, "the other viewer still watches")
	assert.Equal(t, 204, s.do("DELETE", "/api/v1/active/"+id, "").Status)
	s.do("DELETE", "/api/v1/active/"+id, "").failed(t, 404, "not_active")
}

func TestEachWrongRequestHasOneClearError(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"broken": "kind = \"direkt\"\n"}), false)
	long := strings.Repeat("x", 300)
	for name, tc := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"an unknown URL":            {"POST", "/api/v1/active", `{"url":"https://nobody.test/a.m3u8?token=secret"}`, 404, "unknown_stream"},
		"an unknown stream":         {"POST", "/api/v1/active", `{"stream_id":"nope"}`, 404, "unknown_stream"},
		"neither":                   {"POST", "/api/v1/active", `{}`, 422, "invalid"},
		"both":                      {"POST", "/api/v1/active", `{"stream_id":"a","url":"https://a.test"}`, 422, "invalid"},
		"an unknown field":          {"POST", "/api/v1/active", `{"stream":"a"}`, 422, "invalid"},
		"another type":              {"POST", "/api/v1/active", `{"stream_id":7}`, 422, "invalid"},
		"a list":                    {"POST", "/api/v1/active", `[]`, 422, "invalid"},
		"no JSON":                   {"POST", "/api/v1/active", `{"url"`, 400, "bad_request"},
		"no body":                   {"POST", "/api/v1/active", ``, 400, "bad_request"},
		"a file":                    {"POST", "/api/v1/active", `{"url":"file:///etc/passwd"}`, 422, "invalid"},
		"a long viewer":             {"POST", "/api/v1/active", `{"stream_id":"a","viewer":"` + long + `"}`, 422, "invalid"},
		"a stream that is inactive": {"DELETE", "/api/v1/active/nope", ``, 404, "not_active"},
		"no URL to resolve":         {"GET", "/api/v1/active/resolve", ``, 422, "invalid"},
		"all is not a bool":         {"GET", "/api/v1/streams?all=perhaps", ``, 422, "invalid"},
		"an unknown source to run":  {"POST", "/api/v1/extract?source=nope", ``, 404, "unknown_source"},
		"a broken source to run":    {"POST", "/api/v1/extract?source=broken", ``, 409, "broken_source"},
		"an unknown source to test": {"POST", "/api/v1/sources/nope/test", ``, 404, "unknown_source"},
		"a broken source to test":   {"POST", "/api/v1/sources/broken/test", ``, 409, "broken_source"},
		"a broken text to test":     {"POST", "/api/v1/sources/x/test", `{"text":"kind = 7"}`, 422, "invalid"},
		"a source without text":     {"PUT", "/api/v1/sources/x", `{"text":""}`, 422, "invalid"},
		"a source with a fault":     {"PUT", "/api/v1/sources/x", `{"text":"kind = \"m3u\"\nulr = \"https://a.test\"\n"}`, 422, "invalid"},
		"a source of another path":  {"PUT", "/api/v1/sources/..%2Fx", `{"text":"kind = \"m3u\"\nurl = \"https://a.test\"\n"}`, 422, "invalid"},
		"an unknown source to drop": {"DELETE", "/api/v1/sources/nope", ``, 404, "unknown_source"},
		"a guess at a file":         {"POST", "/api/v1/sources/guess", `{"url":"file:///etc/passwd"}`, 422, "invalid"},
		"an unknown setting":        {"PUT", "/api/v1/settings", `{"settings":{"nope":"1"}}`, 422, "invalid"},
		"settings of another form":  {"PUT", "/api/v1/settings", `{"refresh":"1"}`, 422, "invalid"},
		"layouts that are a number": {"PUT", "/api/v1/layouts", `7`, 422, "invalid"},
		"too much":                  {"PUT", "/api/v1/layouts", `{"a":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "too_large"},
		"another method":            {"POST", "/api/v1/streams", ``, 405, "method_not_allowed"},
		"another method for events": {"POST", "/api/v1/events", ``, 405, "method_not_allowed"},
		"no such route":             {"GET", "/api/v1/nope", ``, 404, "not_found"},
		"no such version":           {"GET", "/api/v2/streams", ``, 404, "not_found"},
		"no such page":              {"GET", "/nope", ``, 404, "not_found"},
		"an unknown playback":       {"GET", "/hls/nope/index.m3u8", ``, 404, "unknown_stream"},
		"a template as a file":      {"GET", "/page/index.html", ``, 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			message := s.do(tc.method, tc.path, tc.body).failed(t, tc.status, tc.code)
			assert.NotContains(t, message, "secret")
		})
	}
	assert.Equal(t, "GET", s.do("POST", "/api/v1/streams", "").Header.Get("Allow"))
	assert.Equal(t, "unknown route /api/v1/nope; GET /api/openapi.json lists all routes", s.get("/api/v1/nope").failed(t, 404, "not_found"))
}

func TestASourceIsWrittenTestedListedAndDeleted(t *testing.T) {
	c := testserver.NewCDN(t)
	h := testserver.NewHome(t, testserver.Quiet, nil)
	s := start(t, h, false)
	assert.JSONEq(t, `{"sources":[]}`, string(s.get("/api/v1/sources").Body))
	body, err := json.Marshal(map[string]string{"text": c.Source()})
	require.NoError(t, err)

	trial := s.do("POST", "/api/v1/sources/site/test", string(body)).json(t)
	assert.ElementsMatch(t, []string{"streams", "count", "steps", "error"}, keys(trial))
	assert.EqualValues(t, 2, trial["count"])
	assert.Nil(t, trial["error"])
	step := list(t, trial, "steps")[0]
	assert.ElementsMatch(t, []string{"what", "method", "url", "status", "duration_ms", "bytes", "yield", "error"}, keys(step))
	assert.EqualValues(t, 200, step["status"])
	assert.Empty(t, list(t, s.get("/api/v1/streams?all=1").json(t), "streams"), "a test saves nothing")

	source := s.do("PUT", "/api/v1/sources/site", string(body)).json(t)
	assert.ElementsMatch(t, []string{
		"key", "name", "kind", "enabled", "file", "error", "last_run", "stream_count", "live_count", "running",
	}, keys(source))
	assert.Equal(t, "Site", source["name"])
	assert.FileExists(t, filepath.Join(h.Config, "sources", "site.toml"))
	s.streams(2)
	require.Eventually(t, func() bool {
		src := list(t, s.get("/api/v1/sources").json(t), "sources")[0]
		return src["live_count"] == 1.0 && src["stream_count"] == 2.0 && src["last_run"] != nil && src["running"] == false
	}, wait, 20*time.Millisecond)
	assert.EqualValues(t, 2, s.do("POST", "/api/v1/sources/site/test", "").json(t)["count"])

	assert.Equal(t, 204, s.do("DELETE", "/api/v1/sources/site", "").Status)
	assert.NoFileExists(t, filepath.Join(h.Config, "sources", "site.toml"))
	s.streams(0)

	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "sources", "bad.toml"), []byte("kind = \"m3u\"\nulr = \"x\"\n"), 0o600))
	require.Eventually(t, func() bool {
		l := list(t, s.get("/api/v1/sources").json(t), "sources")
		if len(l) != 1 {
			return false
		}
		why, _ := l[0]["error"].(string)
		return strings.Contains(why, "bad.toml:2") && strings.Contains(why, `"ulr"`)
	}, wait, 20*time.Millisecond, "a broken file is listed with its error, line included")
}

func TestTheScheduleHasTheFormOfTheContract(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	for _, v := range []map[string]any{
		s.do("POST", "/api/v1/schedule/refresh", "").json(t), s.get("/api/v1/schedule").json(t),
	} {
		assert.ElementsMatch(t, []string{"events", "fetched_at", "stale", "error"}, keys(v))
		live := 0
		for _, e := range list(t, v, "events") {
			assert.ElementsMatch(t, []string{
				"id", "series", "season", "round", "name", "circuit", "locality", "country", "sessions",
			}, keys(e))
			for _, ses := range list(t, e, "sessions") {
				assert.ElementsMatch(t, []string{"type", "name", "start", "end", "status"}, keys(ses))
				assert.Contains(t, []any{"past", "live", "upcoming", "cancelled"}, ses["status"])
				if ses["status"] == "live" {
					live++
				}
			}
		}
		assert.GreaterOrEqual(t, live, 1, "the demo's calendar always has a live session")
	}
}

func TestSettingsAndLayoutsSurviveARestart(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet+"[extract]\ninterval = \"45m\"\n", nil)
	s := start(t, h, false)
	v := s.do("PUT", "/api/v1/settings", `{"settings":{"ui.theme":"light","refresh.interval":"2m"}}`).json(t)
	assert.ElementsMatch(t, []string{"settings", "fixed", "restart"}, keys(v))
	assert.Equal(t, []any{"extract.interval"}, v["fixed"])
	s.do("PUT", "/api/v1/settings", `{"settings":{"extract.interval":"1h"}}`).failed(t, 409, "fixed")
	assert.JSONEq(t, `{"Race":["a"]}`, string(s.do("PUT", "/api/v1/layouts", `{"Race":["a"]}`).Body))
	s.Stop()

	s = start(t, h, false)
	assert.JSONEq(t, `{"Race":["a"]}`, string(s.get("/api/v1/layouts").Body))
	got := s.get("/api/v1/settings").json(t)["settings"].(map[string]any)
	assert.Equal(t, "light", got["ui.theme"])
	assert.Equal(t, "2m", got["refresh.interval"])
	assert.Equal(t, "45m", got["extract.interval"])
}

func TestAChangedSettingTakesEffectWithoutARestart(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()}), false)
	s.streams(2)
	id := list(t, s.do("POST", "/api/v1/extract", "").json(t), "streams")[0]["id"].(string)
	s.do("POST", "/api/v1/active", `{"stream_id":"`+id+`"}`).json(t)
	before := c.Token.Load()
	v := s.do("PUT", "/api/v1/settings", `{"settings":{"extract.live_interval":"1s","extract.interval":"1s"}}`).json(t)
	assert.Equal(t, []any{}, v["restart"])
	s.do("PUT", "/api/v1/settings", `{"settings":{"proxy.cache":"64MiB"}}`).json(t)
	assert.Equal(t, int64(64<<20+memoryBesidesCache), debug.SetMemoryLimit(-1), "the garbage collector's limit follows the cache")
	require.Eventually(t, func() bool { return c.Token.Load() > before+1 }, wait, 20*time.Millisecond, "the source now runs every second")
	s.do("PUT", "/api/v1/settings", `{"settings":{"extract.live_interval":null,"extract.interval":null,"refresh.interval":"2s"}}`).json(t)
	count := func() float64 {
		return list(t, s.get("/api/v1/active").json(t), "active")[0]["refresh_count"].(float64)
	}
	was := count()
	require.Eventually(t, func() bool { return count() > was+1 }, wait, 20*time.Millisecond, "and the token is renewed every two seconds")
}

func TestHealthNeedsNoTokenAndThePageContainsNone(t *testing.T) {
	c := testserver.NewCDN(t)
	h := testserver.NewHome(t, testserver.Quiet+"[server]\ntoken = \"letmein-please\"\n", map[string]string{"site": c.Source()})
	s := start(t, h, false)
	assert.JSONEq(t, `{"status":"ok","version":"test"}`, string(s.get("/healthz").Body))
	s.get("/api/v1/streams").failed(t, 401, "unauthorized")
	for _, path := range []string{"/page/../api/v1/streams", "/login/../api/v1/streams", "/page/%2e%2e/api/v1/streams"} {
		bypass := s.get(path)
		assert.NotEqual(t, 200, bypass.Status, path)
		assert.NotContains(t, string(bypass.Body), "streams\":")
	}
	front := s.get("/")
	assert.Equal(t, http.StatusSeeOther, front.Status)
	assert.Equal(t, "/login", front.Header.Get("Location"))
	login := s.get("/login")
	assert.Equal(t, 200, login.Status)

	s.do("POST", "/login", `{"token":"wrong"}`).failed(t, 401, "unauthorized")
	s.do("POST", "/login", `token=letmein-please`, "Content-Type", "application/x-www-form-urlencoded").failed(t, 415, "unsupported_media_type")
	s.do("POST", "/login", `{"token":"letmein-please"}`, "Origin", "https://evil.test").failed(t, 403, "forbidden")
	in := s.do("POST", "/login", `{"token":"letmein-please"}`)
	require.Equal(t, 204, in.Status)
	cookie := in.Header.Get("Set-Cookie")
	assert.Contains(t, cookie, "HttpOnly")
	assert.Contains(t, cookie, "SameSite=Strict")
	assert.NotContains(t, cookie, "letmein")
	cookie, _, _ = strings.Cut(cookie, ";")

	s.do("GET", "/api/v1/streams", "", "Cookie", cookie).json(t)
	require.Eventually(t, func() bool {
		return len(list(t, s.do("GET", "/api/v1/streams", "", "Cookie", cookie).json(t), "streams")) > 0
	}, wait, 20*time.Millisecond)
	page := s.do("GET", "/", "", "Cookie", cookie)
	assert.NotContains(t, string(page.Body), "letmein")
	assert.NotContains(t, string(page.Body), "token=1", "nor an upstream URL's")
	assert.NotContains(t, string(page.Body), c.URL)
	for _, p := range []reply{page, login} {
		policy := p.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "frame-ancestors 'none'")
		assert.NotContains(t, policy, "unsafe")
		assert.Equal(t, "nosniff", p.Header.Get("X-Content-Type-Options"))
	}
	for _, name := range []string{"login.js", "style.css", "mark.svg"} {
		assert.Equal(t, 200, s.get("/page/"+name).Status, name)
	}

	id := list(t, s.do("GET", "/api/v1/streams", "", "Authorization", "Bearer letmein-please").json(t), "streams")[0]["id"].(string)
	playlist := s.get("/hls/" + id + "/index.m3u8?token=letmein-please")
	require.Equal(t, 200, playlist.Status, "%s", playlist.Body)
	assert.Contains(t, string(playlist.Body), "7.ts?token=letmein-please", "the addresses in the playlist carry the token too")
}
