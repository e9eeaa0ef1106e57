package attack

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// svg runs a script if a browser treats it as a document.
const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>fetch('/api/v1/sources')</script></svg>`

// hostile serves a stream whose segments the test sets.
func hostile(t *testing.T, contentType, body *atomic.Value) (url string, asked *atomic.Int64) {
	asked = new(atomic.Int64)
	return upstream(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if path.Ext(r.URL.Path) == ".m3u8" {
			w.Header().Set("Content-Type", playlistType)
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n")
			for i := range 400 {
				fmt.Fprintf(w, "#EXTINF:4,\n%d.ts\n", i)
			}
			fmt.Fprint(w, "#EXT-X-ENDLIST\n")
			return
		}
		w.Header().Set("Content-Type", contentType.Load().(string))
		w.Header().Set("Content-Security-Policy", "default-src *")
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("X-Content-Type-Options", "sniff")
		_, _ = w.Write([]byte(body.Load().(string)))
	}), asked
}

// Finding 2. Guards: servedType in backend/proxy/mediatype.go and headers in app/server/fetchmetadata.go.
func TestAStreamCannotRunScriptOnTheServersOrigin(t *testing.T) {
	var said, sent atomic.Value
	said.Store("")
	sent.Store(string(disguised("<!--", "-->"+svg+"<!--", "-->")))
	site, _ := hostile(t, &said, &sent)
	v := start(t, "", map[string]string{"evil": direct("Evil", site+"/evil.m3u8")})
	play := "/hls/" + v.stream("Evil") + "/"
	tried, passed := 0, 0
	for i, ct := range []string{
		"image/svg+xml", "Image/SVG+XML", "text/xml", "application/xml", "application/rss+xml", "application/xhtml+xml", "text/html", "Text/Html",
		"text/javascript", "application/javascript", "text/css", "application/pdf", "multipart/x-mixed-replace; boundary=a",
		"application/x-shockwave-flash", "text/plain", "application/wasm", "application/manifest+json", " text/html", "text/html;", "",
	} {
		said.Store(ct)
		got := v.get(fmt.Sprintf("%smain/%d.ts", play, i))
		require.Equal(t, http.StatusOK, got.status, "it is accepted as media")
		assert.Equal(t, "video/mp2t", got.header.Get("Content-Type"), "%q", ct)
		if tried++; got.header.Get("Content-Type") != "video/mp2t" {
			passed++
		}
		assert.Empty(t, got.header.Get("Set-Cookie"))
	}
	report(t, "types of documents and scripts that are passed on", "all but two", fmt.Sprintf("%d of %d", passed, tried), "0")
	said.Store("video/mp2t")
	for _, p := range []string{"index.m3u8", "main/index.m3u8", "main/399.ts", "main/nothing.ts", "nothing", "main/12345.ts", "data-nothing"} {
		got := v.get(play + p)
		assert.Equal(t, []string{"sandbox; default-src 'none'"}, got.header.Values("Content-Security-Policy"), p)
		assert.Equal(t, []string{"same-origin"}, got.header.Values("Cross-Origin-Resource-Policy"), p)
		assert.Equal(t, []string{"nosniff"}, got.header.Values("X-Content-Type-Options"), p)
		assert.Empty(t, got.header.Get("Access-Control-Allow-Origin"), p)
	}
	for _, p := range []string{"/api/v1/sources", "/api/v1/nothing", "/healthz", "/nothing"} {
		got := v.get(p)
		assert.Contains(t, got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'", p)
		assert.Equal(t, "same-origin", got.header.Get("Cross-Origin-Resource-Policy"), p)
		assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"), p)
	}
}

// Findings 2 and 15. Guard: checkFetchMetadata in app/server/fetchmetadata.go.
func TestAPageOfAnotherSiteNeitherShowsNorStartsAStream(t *testing.T) {
	var said, sent atomic.Value
	said.Store("video/mp2t")
	sent.Store("Gmedia")
	site, asked := hostile(t, &said, &sent)
	v := start(t, "", map[string]string{"evil": direct("Evil", site+"/evil.m3u8")})
	play := "/hls/" + v.stream("Evil") + "/index.m3u8"
	own := v.URL
	before := asked.Load()
	tried, had := 0, 0
	for _, refused := range [][]string{
		{"Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"},
		{"Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"},
		{"Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "same-origin"},
		{"Sec-Fetch-Dest", "iframe"}, {"Sec-Fetch-Dest", "frame"}, {"Sec-Fetch-Dest", "fencedframe"}, {"Sec-Fetch-Dest", "embed"}, {"Sec-Fetch-Dest", "object"},
		{"Sec-Fetch-Dest", "script"}, {"Sec-Fetch-Dest", "style"}, {"Sec-Fetch-Dest", "worker"}, {"Sec-Fetch-Dest", "sharedworker"},
		{"Sec-Fetch-Dest", "serviceworker"}, {"Sec-Fetch-Dest", "audioworklet"}, {"Sec-Fetch-Dest", "xslt"}, {"Sec-Fetch-Dest", "manifest"},
		{"Sec-Fetch-Dest", "font"}, {"Sec-Fetch-Dest", "json"}, {"Sec-Fetch-Dest", "report"}, {"Sec-Fetch-Dest", "something-new"},
		{"Sec-Fetch-Mode", "navigate"},
		{"Sec-Fetch-Dest", "image", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"},
		{"Sec-Fetch-Dest", "image", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"}, // another port
		{"Sec-Fetch-Dest", "video", "Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Site", "cross-site", "Origin", own},
		{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:5173"},
		{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", "http://localhost:5173"}, {"Origin", "wails://wails"},
	} {
		got := v.get(play, refused...)
		if tried++; got.status != http.StatusForbidden {
			had++
		}
		assert.Equal(t, http.StatusForbidden, got.status, "%v", refused)
		assert.Contains(t, got.body, `"forbidden"`)
	}
	assert.Equal(t, before, asked.Load(), "no upstream was asked")
	report(t, "requests of other sites' pages that are answered", "all", fmt.Sprintf("%d of %d", had, tried), "0")
	assert.Contains(t, v.get("/api/v1/active").body, `"active":[]`, "no stream was started")
	for _, played := range [][]string{
		nil, // VLC, mpv, Kodi
		{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"},
		{"Sec-Fetch-Dest", "video", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "no-cors"},
		{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Site", "same-origin", "Origin", own},
		{"Sec-Fetch-Dest", "empty", "Sec-Fetch-Site", "none"},
		{"Origin", own},
	} {
		assert.Equal(t, http.StatusOK, v.get(play, played...).status, "%v", played)
	}
}

// Finding 4. Guard: IsViewer in backend/stream/viewer.go, withoutToken in app/server/bearer.go.
func TestAViewersNameDoesNotMultiplyAPlaylist(t *testing.T) {
	var said, sent atomic.Value
	said.Store("video/mp2t")
	sent.Store("Gmedia")
	site, _ := hostile(t, &said, &sent)
	v := start(t, "", map[string]string{"evil": direct("Evil", site+"/evil.m3u8")})
	play := "/hls/" + v.stream("Evil") + "/index.m3u8"
	plain := len(v.get(play).body)
	for _, name := range []string{strings.Repeat("a", 65), strings.Repeat("a", 60_000), "a%20b", "a%0d%0ab", "%C3%A4", "a/b", "a%26b", "%00", "a%22b", "a~b"} {
		got := v.get(play + "?viewer=" + name)
		assert.Equal(t, http.StatusBadRequest, got.status, "%.20s", name)
		assert.Contains(t, got.body, `"bad_request"`)
		assert.NotContains(t, got.body, "aaaa")
	}
	long := v.get(play + "?viewer=" + strings.Repeat("a", 60_000))
	report(t, fmt.Sprintf("a viewer's name of 60 KB, a playlist of %d KB: answer", plain>>10), "2,150 times as long", fmt.Sprintf("%d, %d bytes", long.status, len(long.body)), "400")
	for _, name := range []string{strings.Repeat("a", 64), "wall-k3x9-1", "TV.living_room", ""} {
		assert.Equal(t, http.StatusOK, v.get(play+"?viewer="+name).status, name)
	}
	got := v.get(play + "?token=" + strings.Repeat("t", 60_000))
	assert.Equal(t, http.StatusOK, got.status)
	assert.Equal(t, plain, len(got.body), "an unneeded token is not copied into the playlist")
}
