package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
)

// script is long enough to be worth compressing.
var script = strings.Repeat("console.log('a wall of feeds')\n", 200)

// dist returns a built UI.
func dist() fstest.MapFS {
	return fstest.MapFS{
		"index.html":              {Data: []byte("<!doctype html><title>Gridwall</title><script type=module src=/assets/index-abc.js></script>")},
		"assets/index-abc.js":     {Data: []byte(script)},
		"assets/index-abc.css":    {Data: []byte("a{}")},
		"assets/inter-abc.woff2":  {Data: bytes.Repeat([]byte{7}, 5000)},
		"favicon.svg":             {Data: []byte("<svg/>")},
		"icon-192.png":            {Data: []byte("\x89PNG")},
		"manifest.webmanifest":    {Data: []byte("{}")},
		"assets/odd.unheard":      {Data: []byte("?")},
		".gitkeep":                {},
		"assets/.secret":          {Data: []byte("left by an editor")},
		"assets/deeper/x-abc.js":  {Data: []byte("1")},
		"assets/index-abc.js.map": {Data: []byte("{}")},
	}
}

// running serves o with an empty facade, and returns the address.
func running(t *testing.T, o Options) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	o.API, o.Log = api.New(api.Options{}), slog.New(slog.DiscardHandler)
	o.Playback = http.NotFoundHandler()
	s, err := New(o, ln)
	require.NoError(t, err)
	served := make(chan struct{})
	go func() { defer close(served); _ = s.http.Serve(ln) }()
	t.Cleanup(func() { _ = s.http.Close(); <-served })
	return s.URL()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(text)
}

func TestThePageAndItsFilesHaveTheRightTypesAndCacheHeaders(t *testing.T) {
	base := running(t, Options{UI: dist()})
	const forever, always = "public, max-age=31536000, immutable", "no-cache"
	for path, want := range map[string]struct{ kind, cache, body string }{
		"/":                        {"text/html; charset=utf-8", always, string(dist()["index.html"].Data)},
		"/assets/index-abc.js":     {"text/javascript; charset=utf-8", forever, script},
		"/assets/index-abc.css":    {"text/css; charset=utf-8", forever, "a{}"},
		"/assets/inter-abc.woff2":  {"font/woff2", forever, string(bytes.Repeat([]byte{7}, 5000))},
		"/assets/deeper/x-abc.js":  {"text/javascript; charset=utf-8", forever, "1"},
		"/assets/odd.unheard":      {"application/octet-stream", forever, "?"},
		"/favicon.svg":             {"image/svg+xml", always, "<svg/>"},
		"/icon-192.png":            {"image/png", always, "\x89PNG"},
		"/manifest.webmanifest":    {"application/manifest+json", always, "{}"},
		"/page/login.js?for=login": {"text/javascript; charset=utf-8", always, ""},
	} {
		t.Run(path, func(t *testing.T) {
			res := request{path: path, header: map[string]string{"Accept-Encoding": "identity"}}.send(t, base)
			require.Equal(t, 200, res.StatusCode)
			assert.Equal(t, want.kind, res.Header.Get("Content-Type"))
			assert.Equal(t, want.cache, res.Header.Get("Cache-Control"))
			assert.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
			assert.Empty(t, res.Header.Get("Content-Encoding"))
			text := body(t, res)
			if want.body != "" {
				assert.Equal(t, want.body, text)
			}

			head := request{method: "HEAD", path: path, header: map[string]string{"Accept-Encoding": "identity"}}.send(t, base)
			assert.Equal(t, 200, head.StatusCode)
			assert.EqualValues(t, len(text), head.ContentLength)
			again := request{path: path, header: map[string]string{"If-None-Match": res.Header.Get("ETag"), "Accept-Encoding": "identity"}}.send(t, base)
			assert.Equal(t, 304, again.StatusCode, "an unchanged file is not sent again")
		})
	}
	for _, path := range []string{"/index.html", "/.gitkeep", "/assets/", "/assets/.secret", "/assets/nope.js", "/watch"} {
		res := request{path: path}.send(t, base)
		assert.Equal(t, 404, res.StatusCode, path)
		assert.Equal(t, "not_found", errorCode(t, res), path)
	}
	res := request{method: "POST", path: "/assets/index-abc.js"}.send(t, base)
	assert.Equal(t, 405, res.StatusCode)
}

func TestTextFilesAreCompressedAndPicturesAreNot(t *testing.T) {
	base := running(t, Options{UI: dist()})
	for accept, packed := range map[string]bool{
		"gzip": true, "gzip, deflate, br, zstd": true, "br;q=1, GZIP;q=0.5": true, "*": true,
		"": false, "br": false, "gzip;q=0": false, "identity": false, "xgzip": false,
	} {
		res := request{path: "/assets/index-abc.js", header: map[string]string{"Accept-Encoding": accept}}.send(t, base)
		require.Equal(t, 200, res.StatusCode)
		assert.Contains(t, res.Header.Values("Vary"), "Accept-Encoding")
		text := body(t, res)
		if !packed {
			assert.Empty(t, res.Header.Get("Content-Encoding"), accept)
			assert.Equal(t, script, text, accept)
			continue
		}
		assert.Equal(t, "gzip", res.Header.Get("Content-Encoding"), accept)
		assert.Less(t, len(text), len(script)/4)
		z, err := gzip.NewReader(strings.NewReader(text))
		require.NoError(t, err)
		plain, err := io.ReadAll(z)
		require.NoError(t, err)
		assert.Equal(t, script, string(plain))
		other := request{path: "/assets/index-abc.js", header: map[string]string{"Accept-Encoding": "identity"}}.send(t, base)
		assert.NotEqual(t, other.Header.Get("ETag"), res.Header.Get("ETag"), "two bodies, two tags")
	}
	for _, path := range []string{"/assets/inter-abc.woff2", "/assets/index-abc.css"} {
		res := request{path: path, header: map[string]string{"Accept-Encoding": "gzip"}}.send(t, base)
		assert.Empty(t, res.Header.Get("Content-Encoding"), "compressing %s would save nothing", path)
	}
}

func TestThePageLoadsOnlyItsOwnFiles(t *testing.T) {
	base := running(t, Options{UI: dist()})
	res := request{path: "/"}.send(t, base)
	policy := res.Header.Get("Content-Security-Policy")
	assert.NotContains(t, policy, "unsafe")
	assert.NotContains(t, policy, "*")
	directives := map[string]string{}
	for d := range strings.SplitSeq(policy, "; ") {
		name, value, _ := strings.Cut(d, " ")
		directives[name] = value
	}
	assert.Equal(t, map[string]string{
		"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data: blob:", "font-src": "'self'",
		"media-src": "'self' blob: data:", "worker-src": "'self' blob:", "connect-src": "'self'", "manifest-src": "'self'",
		"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
	}, directives)
	assert.Equal(t, "DENY", res.Header.Get("X-Frame-Options"))
}

func TestWithATokenThePageNeedsALoginAndItsFilesDoNot(t *testing.T) {
	base := running(t, Options{UI: dist(), Token: "letmein-please"})
	for path, want := range map[string]int{
		"/": 303, "/login": 200, "/page/style.css": 200, "/page/mark.svg": 200, "/page/login.js": 200, "/assets/index-abc.js": 200,
		"/manifest.webmanifest": 200, "/icon-192.png": 200, "/assets/nope.js": 401, "/page/../api/v1/streams": 307, "/api/v1/streams": 401,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			assert.Equal(t, want, request{method: method, path: path}.send(t, base).StatusCode, "%s %s", method, path)
		}
	}
	in := request{method: "POST", path: "/login", body: `{"token":"letmein-please"}`, header: map[string]string{"Content-Type": "application/json"}}.send(t, base)
	require.Equal(t, 204, in.StatusCode)
	cookie, _, _ := strings.Cut(in.Header.Get("Set-Cookie"), ";")
	with := map[string]string{"Cookie": cookie}
	res := request{path: "/", header: with}.send(t, base)
	assert.Equal(t, 200, res.StatusCode)
	assert.Contains(t, body(t, res), "<title>Gridwall</title>")
	assert.NotEqual(t, 401, request{path: "/hls/x/index.m3u8", header: with}.send(t, base).StatusCode, "the cookie opens playback")
	assert.Equal(t, 200, request{method: "HEAD", path: "/api/v1/events", header: with}.send(t, base).StatusCode, "and events")
}
