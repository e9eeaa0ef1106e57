package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/store"
	"gridwall/internal/testprogram"
	"gridwall/internal/testserver"
)

func TestServePrintsItsAddressOnceAndEndsCleanlyOnASignal(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		h := testserver.NewHome(t, testserver.Quiet, nil)
		s := serve(t, "--listen", "127.0.0.1:0", "--config", h.Config, "--data", h.Data)
		assert.NotContains(t, s.url, ":0")
		assert.Equal(t, testprogram.Version, s.json("/healthz")["version"])
		events, err := http.Get(s.url + "/api/v1/events") // an open event stream does not delay it
		require.NoError(t, err)
		defer events.Body.Close()
		code, rest := s.end(sig)
		assert.Equal(t, 0, code, "%s", s.stderr)
		assert.Empty(t, rest, "only one line on stdout")
	}
}

func TestABareGridwallServes(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet+"[server]\nlisten = \"127.0.0.1:0\"\n", nil)
	cmd := command(t, "--config", h.Config, "--data", h.Data)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(line, "listening on http://127.0.0.1:"), line)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	assert.NoError(t, cmd.Wait())
}

func TestWrongUsageIsReportedInOneLine(t *testing.T) {
	config := func(toml string) []string {
		h := testserver.NewHome(t, toml, nil)
		return []string{"--config", h.Config, "--data", h.Data}
	}
	for name, tc := range map[string]struct {
		args []string
		says []string
	}{
		"an unknown flag":    {[]string{"serve", "--lisen", "x"}, []string{"--lisen", "--help"}},
		"an unknown command": {[]string{"serv"}, []string{"serv"}},
		"a wrong key":        {append(config("[server]\nlisten = \"127.0.0.1:0\"\ntokn = \"x\"\n"), "serve"), []string{"config.toml:3", `"tokn"`, `"token"`}},
		"a wrong value":      {append(config("[refresh]\ninterval = \"soon\"\n"), "extract"), []string{"config.toml:2", "refresh.interval"}},
		"broken TOML":        {append(config("[refresh\n"), "schedule"), []string{"config.toml:1"}},
		"an open address":    {append(config(testserver.Quiet), "serve", "--listen", "0.0.0.0:0"), []string{"0.0.0.0:0", "server.token"}},
		"a short token":      {append(config(testserver.Quiet+"[server]\nlisten = \"0.0.0.0:0\"\ntoken = \"hunter2\"\n"), "serve"), []string{"config.toml:5: ", "server.token", "16 characters", "openssl rand"}},
		"a short play token": {append(config(testserver.Quiet+"[server]\nplay_token = \"tv\"\ntoken = \"0123456789abcdef\"\n"), "serve", "--listen", ":0"), []string{"config.toml:4: ", "server.play_token", "openssl rand"}},
		"all addresses":      {append(config(testserver.Quiet), "serve", "--listen", ":0"), []string{"server.token"}},
		"no address":         {append(config(testserver.Quiet), "serve", "--listen", "8787"), []string{"127.0.0.1:8787"}},
		"no value":           {[]string{"serve", "--listen"}, []string{"--listen needs a value"}},
		"an unknown source":  {append(config(testserver.Quiet), "extract", "--source", "nope"), []string{`"nope"`}},
	} {
		t.Run(name, func(t *testing.T) {
			args := tc.args
			if strings.HasPrefix(args[0], "--config") {
				args = append(args[4:], args[:4]...) // the command comes first
			}
			code, stdout, stderr := finish(t, args...)
			assert.Equal(t, 2, code)
			assert.Empty(t, stdout)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			for _, s := range tc.says {
				assert.Contains(t, stderr, s)
			}
		})
	}
	cmd := command(t, "version")
	cmd.Env = append(cmd.Env, "GRIDWALL_LOG=loud")
	code, _, stderr := finishCmd(t, cmd)
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, "GRIDWALL_LOG")
}

func TestFailuresAtStartAreReportedInOneLine(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	damaged := testserver.NewHome(t, testserver.Quiet, nil)
	require.NoError(t, os.MkdirAll(damaged.Data, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(damaged.Data, store.FileName), bytes.Repeat([]byte("no database "), 2000), 0o600))
	locked := testserver.NewHome(t, testserver.Quiet, nil)
	db, err := store.Open(filepath.Join(locked.Data, store.FileName))
	require.NoError(t, err)
	defer db.Close()
	free := testserver.NewHome(t, testserver.Quiet, nil)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, tc := range map[string]struct {
		listen string
		home   testserver.Home
		says   []string
	}{
		"a port in use":       {taken.Addr().String(), free, []string{"in use", taken.Addr().String(), "--listen"}},
		"a file for a folder": {"127.0.0.1:0", testserver.Home{Config: free.Config, Data: file}, []string{"file"}},
		"a locked database":   {"127.0.0.1:0", locked, []string{"in use", locked.Data}},
		"a damaged database":  {"127.0.0.1:0", damaged, []string{"damaged", damaged.Data, "mv "}},
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			code, stdout, stderr := finish(t, "serve", "--listen", tc.listen, "--config", tc.home.Config, "--data", tc.home.Data)
			assert.Equal(t, 1, code)
			assert.Empty(t, stdout)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			for _, s := range tc.says {
				assert.Contains(t, stderr, s)
			}
			assert.Less(t, time.Since(begin), wait, "reported at once, without waiting")
		})
	}
}

func TestExtractRunsBesideAServer(t *testing.T) {
	c := testserver.NewCDN(t)
	h := testserver.NewHome(t, testserver.Quiet, map[string]string{
		"site": c.Source(), "broken": "kind = \"direkt\"\n", "refused": "kind = \"json\"\nallow_private = true\nurl = \"" + c.URL + "/nothing\"\nquery = \".[]\"\n",
	})
	s := serve(t, "--listen", "127.0.0.1:0", "--config", h.Config, "--data", h.Data)
	listed := s.streams(2)

	code, stdout, stderr := finish(t, "extract", "--json", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 0, code, stderr)
	var got struct {
		Streams []map[string]any
		Count   int
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &got), stdout)
	require.Equal(t, 2, got.Count)
	ids := []any{listed[0].(map[string]any)["id"], listed[1].(map[string]any)["id"]}
	assert.Contains(t, ids, got.Streams[0]["id"], "the ids are the same as the server's")
	assert.Equal(t, true, got.Streams[0]["is_live"])
	assert.Contains(t, got.Streams[0]["url"], "token=", "a script needs the URL with its token")
	assert.Contains(t, stderr, "direkt")
	assert.Contains(t, stderr, "refused")

	code, stdout, _ = finish(t, "extract", "--source", "site", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 0, code)
	assert.Contains(t, stdout, "World feed")
	assert.NotContains(t, stdout, "token=", "tokens are not printed on a terminal")

	code, _, stderr = finish(t, "extract", "--source", "refused", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 1, code)
	assert.Equal(t, "gridwall: refused: "+c.URL+"/nothing answered 403 Forbidden; the site refuses the request: it may need cookies or [headers] in the source's file, or kind = \"browser\"\n", stderr)
	code, _, stderr = finish(t, "extract", "--source", "broken", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 1, code)
	assert.Equal(t, "gridwall: sources/broken.toml:1:1: unknown kind \"direkt\"; did you mean \"direct\"?; known kinds are direct, m3u, json, page, command, browser, demo\n", stderr)
	none := testserver.NewHome(t, testserver.Quiet, nil)
	code, _, stderr = finish(t, "extract", "--config", none.Config, "--data", none.Data)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "--demo")
	assert.NoFileExists(t, filepath.Join(none.Data, store.FileName))
}

func TestExtractSaysHowToFixCommonMistakes(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := listener.Addr().String()
	require.NoError(t, listener.Close())
	for name, tc := range map[string]struct{ file, text, want string }{
		"a wrong port":   {"x.toml", "kind = 'm3u'\nallow_private = true\nurl = 'http://" + closed + "/a.m3u'\n", "connection refused; nothing listens there: check the port, and that the server is running\n"},
		"no scheme":      {"x.toml", "kind = 'm3u'\nurl = 'club.example/a.m3u'\n", "no such file or directory; a web address begins with https:// or http://\n"},
		"a wrong name":   {"x.toml.txt", "kind = 'demo'\n", "x.toml.txt is not read: the name of a source file must end in .toml\n"},
		"a private feed": {"x.toml", "kind = 'direct'\n[[stream]]\ntitle = 'World'\nurl = 'http://127.0.0.1:1/a.m3u8'\n", `gridwall: x: "World" is not live: `},
		"no variable":    {"x.toml", "kind = 'm3u'\nurl = 'https://a.test/'\n[headers]\nAuthorization = 'Bearer ${NO_SUCH_KEY}'\n", "header Authorization needs the environment variable NO_SUCH_KEY, which is not set"},
	} {
		h := testserver.NewHome(t, testserver.Quiet, nil)
		require.NoError(t, os.WriteFile(filepath.Join(h.Config, "sources", tc.file), []byte(tc.text), 0o600))
		_, _, stderr := finish(t, "extract", "--config", h.Config, "--data", h.Data)
		assert.Contains(t, stderr, tc.want, name)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), "%s: one line: %s", name, stderr)
	}
}

func TestAServerLogsWhichSourceCannotBeUsed(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet, map[string]string{"typo": "kind = \"m3u\"\nulr = \"x\"\n"})
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "sources", "club.toml.txt"), nil, 0o600))
	s := serve(t, "--listen", "127.0.0.1:0", "--config", h.Config, "--data", h.Data)
	code, _ := s.end(os.Interrupt)
	assert.Equal(t, 0, code)
	assert.Equal(t, 1, strings.Count(s.stderr.String(), "sources/typo.toml:2:1: unknown key"), s.stderr.String())
	assert.Contains(t, s.stderr.String(), "club.toml.txt")
}

func TestACalendarURLThatIsAWebPageIsReported(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html><title>Sign in</title>")
	}))
	defer site.Close()
	h := testserver.NewHome(t, "[[schedule]]\nkind = \"ics\"\nurl = \""+site.URL+"/season\"\nname = \"Long races\"\n", nil)
	code, _, stderr := finish(t, "schedule", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 1, code)
	assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	assert.Contains(t, stderr, `gridwall: calendar "Long races": `)
	assert.Contains(t, stderr, "use the address of the calendar itself")
}

func TestScheduleIsPrinted(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet, nil)
	code, stdout, stderr := finish(t, "schedule", "--json", "--config", h.Config, "--data", h.Data)
	require.Equal(t, 0, code, stderr)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.ElementsMatch(t, []string{"events", "fetched_at", "stale", "error"}, slices.Collect(maps.Keys(got)))
	assert.NotEmpty(t, got["events"])
	code, stdout, _ = finish(t, "schedule", "--demo", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 0, code)
	assert.Contains(t, stdout, "live")
}

func TestDoctorSaysWhatIsWrongAndHowToFixIt(t *testing.T) {
	c := testserver.NewCDN(t)
	good := testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()})
	code, stdout, _ := finish(t, "doctor", "--config", good.Config, "--data", good.Data)
	assert.Equal(t, 0, code, stdout)
	assert.Contains(t, stdout, "headless build: no window")
	assert.Contains(t, stdout, "site (json)")
	assert.Contains(t, stdout, strings.TrimPrefix(c.URL, "http://"))
	assert.NoFileExists(t, filepath.Join(good.Data, store.FileName), "doctor creates no database")

	bad := testserver.NewHome(t, "[server]\nlisen = \"x\"\n", map[string]string{"bad": "kind = \"m3u\"\n", "far": "kind = \"direct\"\n[[stream]]\nurl = \"http://127.0.0.1:1/a.m3u8\"\n"})
	require.NoError(t, os.MkdirAll(bad.Data, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(bad.Data, store.FileName), bytes.Repeat([]byte("x"), 20000), 0o600))
	code, stdout, _ = finish(t, "doctor", "--config", bad.Config, "--data", bad.Data)
	assert.Equal(t, 1, code)
	for _, says := range []string{"config.toml:2", "bad.toml", "damaged", "warn  network", "127.0.0.1:1"} {
		assert.Contains(t, stdout, says)
	}
}

func TestDoctorReportsMistakesInTheOverrides(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet, nil)
	doctor := func() (int, string) {
		code, stdout, _ := finish(t, "doctor", "--config", h.Config, "--data", h.Data)
		return code, stdout
	}
	file := filepath.Join(h.Config, "overrides.toml")
	code, stdout := doctor()
	assert.Equal(t, 0, code, stdout)
	assert.Regexp(t, `(?m)^OK    overrides   .*overrides\.toml does not exist`, stdout)

	require.NoError(t, os.WriteFile(file, []byte("[[override]]\nevent = \"Monza\"\nstatus = \"cancelled\"\n"), 0o600))
	code, stdout = doctor()
	assert.Equal(t, 0, code, stdout)
	assert.Regexp(t, `(?m)^OK    overrides   `+regexp.QuoteMeta(file)+`$`, stdout)

	require.NoError(t, os.WriteFile(file, []byte("[[override]]\nevent = \"Monza\"\nstrat = 2026-09-06\n[[session]]\nevent = \"Monza\"\n"), 0o600))
	code, stdout = doctor()
	assert.Equal(t, 1, code, stdout)
	assert.Regexp(t, `(?m)^fail  overrides   overrides\.toml:3: .*strat`, stdout)
	assert.Regexp(t, `(?m)^fail  overrides   overrides\.toml:4: `, stdout, "every mistake has its line")
}

func TestDoctorNamesTheBrowserForBrowserSources(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet, nil)
	doctor := func(browser string) (int, string) {
		cmd := command(t, "doctor", "--config", h.Config, "--data", h.Data)
		cmd.Env = append(cmd.Env, "GRIDWALL_BROWSER="+browser)
		code, stdout, _ := finishCmd(t, cmd)
		return code, stdout
	}
	fake := filepath.Join(t.TempDir(), "chromium")
	require.NoError(t, os.WriteFile(fake, []byte("#!/bin/sh\n[ \"$1\" = --version ] && echo 'Chromium 9.8.7 built on Debian' && echo more\n"), 0o755))
	code, stdout := doctor(fake)
	assert.Equal(t, 0, code, stdout)
	assert.Regexp(t, `(?m)^OK    browser     `+regexp.QuoteMeta(fake)+` \(Chromium 9\.8\.7 built on Debian\)$`, stdout)

	require.NoError(t, os.WriteFile(fake, []byte("#!/bin/sh\nexit 1\n"), 0o755))
	_, stdout = doctor(fake)
	assert.Regexp(t, `(?m)^OK    browser     `+regexp.QuoteMeta(fake)+`, which does not print its version$`, stdout)

	// Only sources of the kind browser need one, so a missing one is not a failure.
	code, stdout = doctor("/nowhere/chromium")
	assert.Equal(t, 0, code, stdout)
	assert.Regexp(t, `(?m)^OK    browser     no Chromium or Chrome found on this machine: GRIDWALL_BROWSER is /nowhere/chromium, .*; only sources of kind browser need it$`, stdout)
}

func TestVersionAndHelp(t *testing.T) {
	code, stdout, _ := finish(t, "version")
	assert.Equal(t, 0, code)
	assert.Equal(t, "gridwall "+testprogram.Version+"\n", stdout)
	code, stdout, _ = finish(t, "help", "extract")
	assert.Equal(t, 0, code)
	assert.Contains(t, stdout, "--source=KEY")
	code, help, _ := finish(t, "help")
	assert.Equal(t, 0, code)
	code, stdout, _ = finish(t, "--help")
	assert.Equal(t, 0, code)
	assert.Equal(t, help, stdout)
	for _, name := range []string{"serve", "extract", "schedule", "doctor", "version"} {
		assert.Contains(t, stdout, name)
	}
}
