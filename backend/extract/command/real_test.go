package command

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// realTool skips the test if the tool is missing; in CI it fails the test.
func realTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			require.FailNow(t, name+" is missing; build/setup test installs it")
		}
		t.Skip(name + " is missing; build/setup test installs it")
	}
}

// playerSite returns the URL of a site with pages that have a player, and playlists that require a token.
func playerSite(t *testing.T) string {
	mux := http.NewServeMux()
	page := func(path, title string, sources ...string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%s</title></head><body>", title)
			for _, s := range sources {
				fmt.Fprintf(w, `<video><source src="%s" type="application/x-mpegURL"></video>`, s)
			}
			fmt.Fprint(w, "</body></html>")
		})
	}
	page("/world", "World feed", "/master.m3u8?token=abc")
	page("/two", "Two feeds", "/master.m3u8?token=abc", "/onboard.m3u8?token=abc")
	page("/nothing", "Nothing is live")
	playlist := func(path, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("token") != "abc" {
				http.Error(w, "expired", http.StatusForbidden)
				return
			}
			w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
			fmt.Fprint(w, text)
		})
	}
	playlist("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360\n/360.m3u8?token=abc\n#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080\n/1080.m3u8?token=abc\n")
	for _, path := range []string{"/360.m3u8", "/1080.m3u8", "/onboard.m3u8"} {
		playlist(path, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\nseven.ts\n")
	}
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	return site.URL
}

func withTool(format string, command ...string) source.Source {
	return source.Source{Key: "club", Name: "Club", Kind: "command", Format: format, Command: command, Timeout: time.Minute}
}

func TestTheRealYtDlpFindsTheFeedsOfAPage(t *testing.T) {
	realTool(t, "yt-dlp")
	site := playerSite(t)
	tool := func(path string) source.Source {
		return withTool("yt-dlp", "yt-dlp", "-J", "--ignore-config", site+path)
	}
	r := run(t, tool("/world"))
	require.NoError(t, r.err)
	require.Len(t, r.found, 1, "two formats of one playlist are one stream: %v", r.found)
	assert.Equal(t, site+"/master.m3u8?token=abc", r.found[0].URL)
	assert.Contains(t, r.found[0].Title, "World feed")
	assert.Equal(t, "1080p", r.found[0].Quality)
	assert.Equal(t, site+"/world", r.found[0].Headers["Referer"])
	assert.Contains(t, r.found[0].Headers["User-Agent"], "Mozilla/5.0")
	assert.Len(t, r.found[0].Headers, 3, "and Accept-Language: %v", r.found[0].Headers)

	r = run(t, tool("/two"))
	require.NoError(t, r.err)
	require.Len(t, r.found, 2)
	assert.Equal(t, []string{site + "/master.m3u8?token=abc", site + "/onboard.m3u8?token=abc"}, []string{r.found[0].URL, r.found[1].URL})
	assert.NotEqual(t, r.found[0].Title, r.found[1].Title)

	r = run(t, tool("/gone?token=abc"))
	require.ErrorContains(t, r.err, "yt-dlp: [generic]")
	assert.ErrorContains(t, r.err, "HTTP Error 404")
	assert.NotContains(t, r.err.Error(), "please report")
	r = run(t, tool("/nothing?token=abc"))
	require.ErrorContains(t, r.err, "Unsupported URL: "+site+"/nothing?… (exit status 1)")
}

func TestTheRealStreamlinkFindsTheFeedOfAPlaylist(t *testing.T) {
	realTool(t, "streamlink")
	site := playerSite(t)
	tool := func(url string) source.Source {
		return withTool("streamlink", "streamlink", "--json", url)
	}
	r := run(t, tool("hls://"+site+"/master.m3u8?token=abc"))
	require.NoError(t, r.err)
	require.Len(t, r.found, 1)
	assert.Equal(t, extract.Found{URL: site + "/master.m3u8?token=abc", Title: "Club", Quality: "1080p",
		Headers: map[string]string{"User-Agent": r.found[0].Headers["User-Agent"]}}, r.found[0])

	r = run(t, tool("hls://"+site+"/onboard.m3u8?token=abc"))
	require.NoError(t, r.err)
	assert.Equal(t, site+"/onboard.m3u8?token=abc", r.found[0].URL)
	assert.Empty(t, r.found[0].Quality)

	r = run(t, tool("hls://"+site+"/master.m3u8?token=stale"))
	require.ErrorContains(t, r.err, "streamlink: Unable to open URL: ")
	assert.NotContains(t, r.err.Error(), "stale")
	r = run(t, tool(site+"/world"))
	require.ErrorContains(t, r.err, "No plugin can handle URL: "+site+"/world (exit status 1)")
	assert.NotErrorIs(t, r.err, stream.ErrNoStreams)
}
