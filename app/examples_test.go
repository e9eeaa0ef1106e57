package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// exampleSite is what the examples of the kinds m3u and command name: a club's page with a player, and a provider's list.
func exampleSite(t *testing.T) string {
	const media = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\nseven.ts\n"
	var site *httptest.Server
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/live":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!DOCTYPE html><title>World feed</title><video><source src="/world.m3u8?token=1" type="application/x-mpegURL"></video>`)
		case "/get.php":
			if r.FormValue("username") != "me" || r.FormValue("password") != "secret" {
				http.Error(w, "no", http.StatusForbidden)
				return
			}
			fmt.Fprint(w, "#EXTM3U\n")
			for n, group := range []string{"News", "Motorsport", "Movies"} {
				fmt.Fprintf(w, "#EXTINF:-1 tvg-id=\"c%d\" group-title=\"%s\",%s HD\n%s/live/me/secret/%d.m3u8\n", n, group, group, site.URL, n)
			}
		case "/world.m3u8", "/live/me/secret/1.m3u8":
			w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
			fmt.Fprint(w, media)
		case "/seven.ts", "/live/me/secret/seven.ts":
			fmt.Fprint(w, "G segment")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// example is a file of build/examples with a test's site in the place of its own.
func example(t *testing.T, name, site string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "build", "examples", name+".toml"))
	require.NoError(t, err)
	out := strings.NewReplacer("https://club.example", site, "https://provider.example", site).Replace(string(text))
	require.NotEqual(t, string(text), out, "the example names no site that a test can stand in for")
	return strings.Replace(out, "\nname = ", "\nallow_private = true\nname = ", 1)
}

func TestTheExamplesOfCommandAndListsWork(t *testing.T) {
	for name, title := range map[string]string{"command-yt-dlp": "World feed", "command-streamlink": "Club live", "m3u": "Motorsport HD"} {
		t.Run(name, func(t *testing.T) {
			if tool := strings.TrimPrefix(name, "command-"); tool != name {
				if _, err := exec.LookPath(tool); err != nil {
					if os.Getenv("CI") != "" {
						require.FailNow(t, tool+" is missing; build/setup test installs it")
					}
					t.Skip(tool + " is missing; build/setup test installs it")
				}
			}
			text := example(t, name, exampleSite(t))
			if name == "command-streamlink" {
				// No plugin knows the club's page; with hls:// Streamlink takes any playlist.
				text = strings.Replace(strings.Replace(text, `"--json", "http`, `"--json", "hls://http`, 1), "/live\"]", "/world.m3u8\"]", 1)
			}
			s := start(t, newHome(t, quiet, map[string]string{"example": text}), false)
			list := s.streams(1)
			assert.Contains(t, list[0]["title"], title)
			assert.Equal(t, "example", list[0]["site_key"])
		})
	}
}
