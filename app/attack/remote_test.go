package attack

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Finding 8. Guards: backend/access (MayWrite, MayReadCalendar); without them each of these is answered with 200.
func TestForbiddenActionsHaveNoWayAroundOverHTTP(t *testing.T) {
	t.Setenv("GRIDWALL_TEST_SECRET", "hunter2-of-the-environment")
	var asked atomic.Int64
	var leaked atomic.Value
	leaked.Store("")
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if h := r.Header.Get("X-Leak"); h != "" {
			leaked.Store(h)
		}
		_, _ = w.Write([]byte("#EXTM3U\n"))
	})
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("https://user:ghp_0123456789@git.example/x.m3u8\n"), 0o600))
	calendar := filepath.Join(outside, "private.ics")
	require.NoError(t, os.WriteFile(calendar, []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Doctor\nDTSTART:20300101T100000Z\nEND:VEVENT\nEND:VCALENDAR\n"), 0o600))
	mark := filepath.Join(outside, "ran")
	tool := filepath.Join(outside, "tool")
	require.NoError(t, os.WriteFile(tool, []byte("#!/bin/sh\n: >"+mark+"\n"), 0o755))
	off := "enabled = false\nkind = \"command\"\nformat = \"lines\"\ncommand = [\"" + tool + "\"]\n"

	m3u := "kind = \"m3u\"\nallow_private = true\nurl = \"" + site + "/list.m3u\"\n"
	sources := map[string]string{
		"the environment":                        m3u + "[headers]\nX-Leak = \"${GRIDWALL_TEST_SECRET}\"\n",
		"whether a variable is set":              m3u + "[headers]\nX-Leak = \"${GRIDWALL_TEST_NOT_SET}\"\n",
		"the environment, to a CDN":              m3u + "[stream_headers]\nX-Leak = \"${GRIDWALL_TEST_SECRET}\"\n",
		"a file":                                 "kind = \"m3u\"\nurl = \"" + secret + "\"\n",
		"whether a file is there":                "kind = \"m3u\"\nurl = \"" + secret + "-not\"\n",
		"a file by climbing":                     "kind = \"m3u\"\nurl = \"../../../../../../../../../../" + secret + "\"\n",
		"another's cookies":                      m3u + "cookies = \"" + secret + "\"\n",
		"a forward proxy":                        "kind = \"m3u\"\nurl = \"http://public.example/x\"\nproxy = \"" + site + "\"\n",
		"a link-local host":                      "kind = \"m3u\"\nallow_private = true\nurl = \"http://169.254.169.254/latest\"\n",
		"a program":                              strings.Replace(off, "enabled = false\n", "", 1),
		"a browser":                              "kind = \"browser\"\nallow_private = true\nurl = \"" + site + "/\"\n",
		"a browser, switched off":                "enabled = false\nkind = \"browser\"\nurl = \"https://public.example/\"\n",
		"the server's own token":                 "kind = \"m3u\"\nurl = \"../config.toml\"\n",
		"a link-local host, spelled as a number": "kind = \"m3u\"\nallow_private = true\nurl = \"http://2852039166/latest\"\n",
		"a link-local host as a CDN":             m3u + "stream_hosts = [\"169.254.7.7\"]\n",
	}
	calendars := map[string]map[string]string{
		"a calendar's file":              {"kind": "ics", "path": calendar},
		"a calendar's file by climbing":  {"kind": "ics", "path": "../../../../../../../../../.." + calendar},
		"a calendar's file at home":      {"kind": "ics", "path": "~/.bashrc"},
		"a calendar at a link-local one": {"kind": "ics", "url": "http://169.254.169.254/latest/meta-data/"},
	}
	browser := "enabled = false\nkind = \"browser\"\nallow_private = true\nurl = \"" + site + "/\"\n"
	t.Setenv("GRIDWALL_BROWSER", tool)
	keyed := "kind = \"m3u\"\nurl = \"keyed.m3u\"\n[stream_headers]\nAuthorization = \"Bearer ${GRIDWALL_TEST_SECRET}\"\n"
	beside := "kind = \"m3u\"\nurl = \"shared.m3u\"\n[stream_headers]\nAuthorization = \"Bearer ${GRIDWALL_ATTACK}\"\n"
	v := start(t, "", map[string]string{"off": off, "browser": browser, "keyed": keyed, "beside": beside})
	tried, had := 0, 0
	refused := func(what string, got reply) {
		t.Helper()
		if tried++; got.status != http.StatusForbidden {
			had++
		}
		assert.Equal(t, http.StatusForbidden, got.status, "%s: %.200s", what, got.body)
		assert.Contains(t, got.body, `"forbidden"`, what)
		assert.Contains(t, got.body, "server.allow_commands", what)
	}
	for what, text := range sources {
		body := asJSON(t, map[string]string{"text": text})
		refused(what, v.do("POST", "/api/v1/sources/new/test", body))
		refused(what, v.do("PUT", "/api/v1/sources/new", body))
	}
	for what, c := range calendars {
		refused(what, v.do("POST", "/api/v1/calendars/try", asJSON(t, c)))
		refused(what, v.do("PUT", "/api/v1/calendars", asJSON(t, map[string]any{"calendars": []any{c}})))
	}
	refused("a program that is switched off", v.do("POST", "/api/v1/sources/off/test", ""))
	refused("switching it on", v.do("PUT", "/api/v1/sources/off/enabled", `{"enabled":true}`))
	refused("a browser that is switched off", v.do("POST", "/api/v1/sources/browser/test", ""))
	refused("switching it on", v.do("PUT", "/api/v1/sources/browser/enabled", `{"enabled":true}`))
	refused("switching it on in the text", v.do("PUT", "/api/v1/sources/browser", asJSON(t, map[string]string{"text": strings.Replace(browser, "enabled = false", "enabled = true", 1)})))
	for _, text := range []string{browser, "name = \"Club\"\n" + browser} {
		refused("a browser that is switched off, by its own text", v.do("POST", "/api/v1/sources/browser/test", asJSON(t, map[string]string{"text": text})))
	}
	for key, text := range map[string]string{"keyed": keyed, "shared": "kind = \"m3u\"\nurl = \"shared.m3u\"\n"} {
		body := asJSON(t, map[string]string{"text": text, "list": "#EXTM3U\n#EXTINF:-1,Taken\n" + site + "/taken.m3u8\n"})
		refused("a list that takes the environment of a source elsewhere", v.do("PUT", "/api/v1/sources/"+key, body))
		refused("a list that takes the environment of a source elsewhere", v.do("POST", "/api/v1/sources/"+key+"/test", body))
	}
	refused("a guess at a link-local host", v.do("POST", "/api/v1/sources/guess", `{"url":"http://169.254.169.254/x.m3u8"}`))
	assert.NoFileExists(t, mark, "the program did not run")
	assert.Zero(t, asked.Load(), "no request was sent")
	assert.Empty(t, leaked.Load())

	// From another machine (here: behind a reverse proxy), a calendar cannot refer to hosts that only this machine reaches.
	local := asJSON(t, map[string]string{"kind": "ics", "url": site + "/x.ics"})
	refused("a calendar at a private host, from elsewhere", v.do("POST", "/api/v1/calendars/try", local, "X-Forwarded-For", "192.0.2.7"))
	assert.Zero(t, asked.Load())
	for _, spelled := range []string{"http://2130706433", "http://0x7f.1", `http:\\127.0.0.1`, "http:/127.0.0.1", "http://１２７.0.0.1", "http://[64:ff9b::7f00:1]", "webcal://127.0.0.1", "http://127.0.0.1."} {
		c := map[string]string{"kind": "ics", "url": spelled + site[strings.LastIndex(site, ":"):] + "/x.ics"}
		for method, path := range map[string]string{"POST": "/api/v1/calendars/try", "PUT": "/api/v1/calendars"} {
			body := asJSON(t, c)
			if method == "PUT" {
				body = asJSON(t, map[string]any{"calendars": []any{c}})
			}
			got := v.do(method, path, body, "X-Forwarded-For", "192.0.2.7")
			assert.Contains(t, []int{http.StatusForbidden, http.StatusUnprocessableEntity}, got.status, "%s %s: %.200s", method, spelled, got.body)
		}
	}
	assert.Zero(t, asked.Load())
	assert.Equal(t, http.StatusOK, v.do("POST", "/api/v1/calendars/try", local).status, "a caller on this machine can reach it anyway")

	// A guess opens no browser, and says so.
	script := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><body><script>play()</script></body></html>"))
	})
	guess := v.do("POST", "/api/v1/sources/guess", asJSON(t, map[string]string{"url": script + "/"}))
	assert.GreaterOrEqual(t, guess.status, 400)
	assert.Contains(t, guess.body, "server.allow_commands")
	assert.NoFileExists(t, mark, "no browser was started")

	report(t, "what allow_commands forbids, asked for by another way: had", "all", fmt.Sprintf("%d of %d", had, tried), "0")

	// Some things stay permitted: a private address with allow_private, a list in the configuration folder.
	assert.Equal(t, http.StatusOK, v.do("POST", "/api/v1/sources/new/test", asJSON(t, map[string]string{"text": m3u})).status)
	require.NoError(t, os.WriteFile(filepath.Join(v.home.Config, "mine.m3u"), []byte("#EXTM3U\n#EXTINF:-1,Mine\nhttps://a.example/1.m3u8\n"), 0o600))
	own := v.do("POST", "/api/v1/sources/new/test", asJSON(t, map[string]string{"text": "kind = \"m3u\"\nurl = \"../mine.m3u\"\n"}))
	assert.Equal(t, http.StatusOK, own.status)
	assert.Contains(t, own.body, "Mine")

	// With server.allow_commands everything is permitted except a cloud's metadata service.
	v = start(t, "[server]\nallow_commands = true\n", map[string]string{"off": off})
	for _, what := range []string{"the environment", "a file", "a forward proxy", "a program"} {
		got := v.do("POST", "/api/v1/sources/new/test", asJSON(t, map[string]string{"text": sources[what]}))
		assert.Equal(t, http.StatusOK, got.status, "%s: %s", what, got.body)
	}
	assert.Equal(t, "hunter2-of-the-environment", leaked.Load())
	assert.FileExists(t, mark)
	got := v.do("POST", "/api/v1/sources/new/test", asJSON(t, map[string]string{"text": sources["a link-local host"]}))
	assert.Contains(t, got.body, "cloud", "it is refused when it is dialled")
}

// Findings 12 and 13. Guards: CheckListen, throttle and sessions in app/server.
func TestALoginIsGuessedSlowlyAndEnds(t *testing.T) {
	const token, play = "the-token-of-this-server", "for-players-and-calendars"
	v := start(t, "[server]\ntoken = \""+token+"\"\nplay_token = \""+play+"\"\n", nil)
	login := func(guess string, header ...string) reply {
		return v.do("POST", "/login", asJSON(t, map[string]string{"token": guess}), header...)
	}
	in := login(token, "X-Forwarded-Proto", "https")
	require.Equal(t, http.StatusNoContent, in.status)
	cookie := (&http.Response{Header: in.header}).Cookies()[0]
	assert.True(t, cookie.Secure && cookie.HttpOnly, "behind TLS")
	assert.NotEqual(t, cookie.Value, (&http.Response{Header: login(token).header}).Cookies()[0].Value, "session values are random")
	session := cookie.Name + "=" + cookie.Value

	// The play token plays, and reads the calendar.
	for path, want := range map[string]int{
		"/hls/nothing/index.m3u8": http.StatusNotFound, "/api/v1/schedule.ics": http.StatusOK, "/api/v1/streams": http.StatusForbidden,
		"/api/v1/sources": http.StatusForbidden, "/api/v1/settings": http.StatusForbidden, "/api/v1/events": http.StatusForbidden,
	} {
		assert.Equal(t, want, v.get(path, "Authorization", "Bearer "+play).status, path)
		if strings.HasPrefix(path, "/hls/") || strings.HasSuffix(path, ".ics") {
			assert.Equal(t, want, v.get(path+"?token="+url.QueryEscape(play)).status, path)
		}
	}
	written := v.do("PUT", "/api/v1/sources/x", asJSON(t, map[string]string{"text": plainSource}), "Authorization", "Bearer "+play).status
	assert.Equal(t, http.StatusForbidden, written)
	report(t, "the token of players and calendars writes a source", "200 (one token for all)", itoa(written), "403")
	assert.Equal(t, http.StatusUnauthorized, login(play).status)

	slowed := 0
	const many = 300
	for range many {
		if got := login("wrong"); got.status == http.StatusTooManyRequests {
			slowed++
			assert.NotEmpty(t, got.header.Get("Retry-After"))
			assert.Contains(t, got.body, "too_many_requests")
		}
	}
	assert.GreaterOrEqual(t, slowed, many-10)
	assert.Equal(t, http.StatusTooManyRequests, login(token).status, "the right token is also delayed, or guessing could continue")
	assert.Equal(t, http.StatusTooManyRequests, v.get("/hls/x/index.m3u8?token="+token).status)
	assert.Equal(t, http.StatusTooManyRequests, v.get("/api/v1/streams", "Authorization", "Bearer "+token).status)
	assert.Equal(t, http.StatusOK, v.get("/api/v1/streams", "Cookie", session).status, "existing sessions keep working")
	assert.Contains(t, v.log.String(), "level=WARN")
	assert.Contains(t, v.log.String(), "too many wrong tokens")
	assert.NotContains(t, v.log.String(), token)

	assert.Equal(t, http.StatusNoContent, v.do("POST", "/logout", "", "Cookie", session).status)
	assert.NotEqual(t, http.StatusOK, v.get("/api/v1/streams", "Cookie", session).status, "logging out ends the session on the server")
	report(t, "300 wrong logins: looked at", "300", itoa(many-slowed), "10")
}

// plainSource is a harmless source.
const plainSource = "kind = \"m3u\"\nurl = \"https://a.example/x\"\n"

// Finding 7. Guard: developmentOrigins in app/server/origins.go, empty in a release.
func TestADevelopmentServersPageChangesNothing(t *testing.T) {
	v := start(t, "", nil)
	tried, changed := 0, 0
	for _, origin := range []string{"http://localhost:5173", "http://localhost:34115", "wails://wails", "http://wails.localhost", "http://127.0.0.1:5173", "null"} {
		for _, site := range []string{"cross-site", "same-site", ""} {
			got := v.do("PUT", "/api/v1/sources/x", asJSON(t, map[string]string{"text": plainSource}), "Origin", origin, "Sec-Fetch-Site", site)
			assert.Equal(t, http.StatusForbidden, got.status, origin)
			if tried++; got.status != http.StatusForbidden {
				changed++
			}
			got = v.get("/api/v1/sources", "Origin", origin, "Sec-Fetch-Site", site)
			assert.Empty(t, got.header.Get("Access-Control-Allow-Origin"), origin)
			got = v.do(http.MethodOptions, "/api/v1/sources/x", "", "Origin", origin, "Access-Control-Request-Method", "PUT")
			assert.Empty(t, got.header.Get("Access-Control-Allow-Methods"), origin)
		}
	}
	report(t, "sources that a development server's page writes", "all of :5173 and :34115", fmt.Sprintf("%d of %d", changed, tried), "0")
}

// A page can offer to log out only if it knows that the user is logged in.
func TestAPageKnowsWhetherItCanLogOut(t *testing.T) {
	const token = "the-token-of-this-server"
	v := start(t, "[server]\ntoken = \""+token+"\"\n", nil)
	in := v.do("POST", "/login", asJSON(t, map[string]string{"token": token}))
	require.Equal(t, http.StatusNoContent, in.status)
	cookie := (&http.Response{Header: in.header}).Cookies()[0]
	session := cookie.Name + "=" + cookie.Value
	assert.Contains(t, v.get("/api/v1/about", "Cookie", session).body, `"logged_in":true`)
	assert.Contains(t, v.get("/api/v1/about", "Authorization", "Bearer "+token).body, `"demo":`)
	assert.NotContains(t, v.get("/api/v1/about", "Authorization", "Bearer "+token).body, "logged_in")
	assert.Equal(t, http.StatusNoContent, v.do("POST", "/logout", "", "Cookie", session).status)
	assert.Equal(t, http.StatusUnauthorized, v.get("/api/v1/about", "Cookie", session).status)
}

// Users pass dry-run reports on to others, so the server redacts what they say about the source.
func TestADryRunReportRedactsTheSourceName(t *testing.T) {
	v := start(t, "", nil)
	text := "name = \"Club https://user:hunter2@club.example/live/a.m3u8?token=SECRETTOKEN\"\nkind = \"m3u\"\nurl = \"mine.m3u\"\n"
	got := v.do("POST", "/api/v1/sources/new/test", asJSON(t, map[string]string{"text": text, "list": ""}))
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Contains(t, got.body, `"name":"Club https://`)
	assert.NotContains(t, got.body, "SECRETTOKEN")
	assert.NotContains(t, got.body, "hunter2")
}
