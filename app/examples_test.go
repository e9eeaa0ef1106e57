package app

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// exampleSite serves the addresses in the examples: a club's pages, its API and its cameras, and a provider's list. Each kind
// has an address of its own, which refuses requests without the headers or parameters of the example.
func exampleSite(t *testing.T) string {
	const media = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\nseven.ts\n"
	// The Referer that each stream requires.
	referers := map[string]string{
		"/onboard.m3u8": "{site}/frame", "/wall.m3u8": "https://club.example/wall", "/stand.m3u8": "{site}/player",
		"/pit/index.m3u8": "{site}/", "/start/index.m3u8": "{site}/",
	}
	var site *httptest.Server
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/live":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!DOCTYPE html><title>World feed</title><video><source src="/world.m3u8?token=1" type="application/x-mpegURL"></video>`+
				`<a class="feed" href="/feed/1">Watch onboard 7</a><a class="feed" href="/feed/2">Tickets</a><a href="/feed/3">Watch nothing</a>`)
		case "/feed/1":
			fmt.Fprint(w, `<!DOCTYPE html><iframe id="advert" src="/advert"></iframe><iframe id="player" data-src="/frame"></iframe>`)
		case "/frame":
			fmt.Fprintf(w, `<!DOCTYPE html><div data-feed="%s"></div>`, base64.StdEncoding.EncodeToString([]byte(site.URL+"/onboard.m3u8?token=1")))
		case "/api/live":
			if r.Header.Get("Accept") != "application/json" {
				http.Error(w, "no", http.StatusNotAcceptable)
				return
			}
			fmt.Fprintf(w, `{"feeds": [{"live": true, "name": "Pit wall", "height": 720, "hls": "%s/wall.m3u8?token=1", "page": "https://club.example/wall"},
				{"live": false, "name": "Later", "height": 720, "hls": null, "page": ""}]}`, site.URL)
		case "/player":
			if r.Header.Get("Accept-Language") != "en" {
				http.Error(w, "no", http.StatusNotAcceptable)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!DOCTYPE html><title>Grandstand</title><script>fetch("/stand.m3u8?token=" + [1].join(""))</script>`)
		case "/get.php":
			if r.FormValue("username") != "me" || r.FormValue("password") != "secret" {
				http.Error(w, "no", http.StatusForbidden)
				return
			}
			fmt.Fprint(w, "#EXTM3U\n")
			for n, group := range []string{"News", "Motorsport", "Movies"} {
				fmt.Fprintf(w, "#EXTINF:-1 tvg-id=\"c%d\" group-title=\"%s\",%s HD\n%s/live/me/secret/%d.m3u8\n", n, group, group, site.URL, n)
			}
		case "/world.m3u8", "/live/me/secret/1.m3u8", "/onboard.m3u8", "/wall.m3u8", "/stand.m3u8", "/pit/index.m3u8", "/start/index.m3u8":
			if referer := referers[r.URL.Path]; referer != "" && r.Referer() != strings.ReplaceAll(referer, "{site}", site.URL) {
				http.Error(w, "no", http.StatusForbidden)
				return
			}
			w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
			fmt.Fprint(w, media)
		case "/seven.ts", "/live/me/secret/seven.ts", "/pit/seven.ts", "/start/seven.ts":
			fmt.Fprint(w, "G segment")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// example returns the file docs/examples/NAME.toml with its site replaced by site.
func example(t *testing.T, name, site string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "examples", name+".toml"))
	require.NoError(t, err)
	out := strings.NewReplacer("https://club.example", site, "https://provider.example", site).Replace(string(text))
	require.NotEqual(t, string(text), out, "the example names no site that the test can replace")
	return strings.Replace(out, "\nname = ", "\nallow_private = true\nname = ", 1)
}

// examples are the files of docs/examples, with the titles that each lists on exampleSite and the program that it needs.
var examples = map[string]struct {
	titles []string
	tool   string
}{
	"direct":             {titles: []string{"Pit lane", "Start and finish"}},
	"m3u":                {titles: []string{"Motorsport HD"}},
	"json":               {titles: []string{"Pit wall"}},
	"page":               {titles: []string{"Watch onboard 7"}},
	"command-yt-dlp":     {titles: []string{"World feed"}, tool: "yt-dlp"},
	"command-streamlink": {titles: []string{"Club live"}, tool: "streamlink"},
	"browser":            {titles: []string{"Grandstand"}, tool: "chromium"},
}

func TestEveryExampleListsALiveStream(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "docs", "examples", "*"))
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".toml"))
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(examples)), names, "each file of docs/examples needs an entry in this test")
	for name, want := range examples {
		t.Run(name, func(t *testing.T) {
			if want.tool != "" {
				if _, err := exec.LookPath(want.tool); err != nil {
					if os.Getenv("CI") != "" {
						require.FailNow(t, want.tool+" is missing; build/setup test installs it")
					}
					t.Skip(want.tool + " is missing; build/setup test installs it")
				}
			}
			text := example(t, name, exampleSite(t))
			if name == "command-streamlink" {
				// Streamlink has no plugin for the club's page; with hls:// it accepts any playlist.
				text = strings.Replace(strings.Replace(text, `"--json", "http`, `"--json", "hls://http`, 1), "/live\"]", "/world.m3u8\"]", 1)
			}
			s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"example": text}), false)
			// A browser or Python takes long to start on a busy machine.
			var list []map[string]any
			if !assert.Eventually(t, func() bool {
				list = nil
				for _, st := range s.get("/api/v1/streams").json(t)["streams"].([]any) {
					if st := st.(map[string]any); st["is_live"] == true {
						list = append(list, st)
					}
				}
				return len(list) == len(want.titles)
			}, 4*wait, 50*time.Millisecond, "%v are not live", want.titles) {
				require.FailNow(t, "too few live streams", "sources: %v, streams: %v", s.get("/api/v1/sources").json(t), s.get("/api/v1/streams?all=1").json(t))
			}
			for i, title := range want.titles {
				assert.Condition(t, func() bool {
					return slices.ContainsFunc(list, func(st map[string]any) bool { return strings.Contains(fmt.Sprint(st["title"]), title) })
				}, "%s is not in %v", title, list)
				assert.Equal(t, "example", list[i]["site_key"])
			}
		})
	}
}
