package guess_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/extract/direct"
	"gridwall/backend/extract/jsonapi"
	"gridwall/backend/extract/m3u"
	"gridwall/backend/guess"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
)

// guessServer answers with the body at every address; asked counts the requests for path.
func guessServer(t *testing.T, path, contentType, body string) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path == r.URL.RequestURI() {
			asked.Add(1)
		}
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// thisMachine reaches no other host: streams on other hosts do not answer.
type thisMachine struct{ *upstream.Pool }

func (m thisMachine) Transport(allowPrivate bool, proxy string) (http.RoundTripper, error) {
	rt, err := m.Pool.Transport(allowPrivate, proxy)
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Hostname() != "127.0.0.1" {
			return nil, errors.New("no such host")
		}
		return rt.RoundTrip(r)
	}), err
}

// roundTripper is a function that is an http.RoundTripper.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func guesser() guess.Guesser {
	return guess.Guesser{
		Registry: extract.Registry{"direct": direct.Extractor{}, "m3u": m3u.Extractor{}, "json": jsonapi.Extractor{}},
		Taken:    func(key string) bool { return key == "127-0-0-1" },
	}
}

func TestAPastedAddressBecomesAWorkingSource(t *testing.T) {
	type found = extract.Found
	for name, tc := range map[string]struct {
		path, contentType, body string
		kind, query             string
		want                    []found
	}{
		"HLS": {
			path: "/live/world-feed/index.m3u8?token=abc", body: "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n1.ts\n",
			kind: "direct", want: []found{{URL: "{base}/live/world-feed/index.m3u8?token=abc", Title: "world-feed"}},
		},
		"M3U": {
			path: "/list", body: "#EXTM3U\n#EXTINF:-1,World 1080p\nhttps://cdn.test/w.m3u8\n#EXTINF:-1,Onboard\nonboard.m3u8\n",
			kind: "m3u", want: []found{{URL: "https://cdn.test/w.m3u8", Title: "World 1080p", Quality: "1080p"}, {URL: "{base}/onboard.m3u8", Title: "Onboard"}},
		},
		"HLS after zeros": {
			path: "/w.m3u8", body: "\x00\x00#extm3u\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n1.ts\n",
			kind: "direct", want: []found{{URL: "{base}/w.m3u8", Title: "w"}},
		},
		"names and addresses": {
			path: "/list.txt", body: "Motor,#genre#\nWorld,https://cdn.test/w.m3u8\n",
			kind: "m3u", want: []found{{URL: "https://cdn.test/w.m3u8", Title: "World", Group: "Motor"}},
		},
		"JSON list of objects": {
			path: "/api", body: `[{"name":"World","url":"https://cdn.test/w.m3u8?t=1"},{"name":"Onboard","url":"https://cdn.test/o.m3u8"}]`,
			kind: "json", query: ".[]? | objects | {url: .url, title: .name, quality: null}",
			want: []found{{URL: "https://cdn.test/w.m3u8?t=1", Title: "World"}, {URL: "https://cdn.test/o.m3u8", Title: "Onboard"}},
		},
		"JSON with the title above and several qualities": {
			path: "/api", body: `{"data":{"channels":[
				{"title":"World","type":"hls","sources":[{"src":"/w/1080.m3u8","height":1080},{"src":"/w/720.m3u8","height":720}]},
				{"title":"Onboard","type":"hls","sources":[{"src":"/o/1080.m3u8","height":1080}]}]}}`,
			kind: "json", query: ".data?.channels[]? | . as $t | .sources[]? | objects | {url: .src, title: $t.title, quality: .height}",
			want: []found{{URL: "{base}/w/1080.m3u8", Title: "World", Quality: "1080"}, {URL: "{base}/w/720.m3u8", Title: "World", Quality: "720"}, {URL: "{base}/o/1080.m3u8", Title: "Onboard", Quality: "1080"}},
		},
		"JSON with names as keys": {
			path: "/api", body: `{"feeds":{"onboard 44":{"hls":"https://cdn.test/44.m3u8"},"world":{"hls":"https://cdn.test/w.m3u8"}}}`,
			kind: "json", want: []found{{URL: "https://cdn.test/44.m3u8", Title: "onboard 44"}, {URL: "https://cdn.test/w.m3u8", Title: "world"}},
		},
		"JSON with names as keys of addresses": {
			path: "/api", body: `{"720p":"https://cdn.test/7.m3u8","1080p":"https://cdn.test/10.m3u8"}`,
			kind: "json", want: []found{{URL: "https://cdn.test/10.m3u8", Title: "1080p"}, {URL: "https://cdn.test/7.m3u8", Title: "720p"}},
		},
		"JSON list of addresses": {
			path: "/api", body: `{"odd key'''":["https://cdn.test/1.m3u8","https://cdn.test/2.m3u8"]}`,
			kind: "json", want: []found{{URL: "https://cdn.test/1.m3u8"}, {URL: "https://cdn.test/2.m3u8"}},
		},
		"JSON with a backup and other media": {
			path: "/api", body: `{"videos":[{"title":"World","url":"https://cdn.test/w.m3u8","backup_url":"https://b.test/w.m3u8"},{"title":"Film","url":"https://cdn.test/film.mp4"}]}`,
			kind: "json", want: []found{{URL: "https://cdn.test/w.m3u8", Title: "World"}},
		},
		"JSON with addresses of Azure": {
			path: "/api", body: `{"videos":[{"title":"World","url":"https://cdn.test/ev.isml/Manifest(format=m3u8-aapl)"},{"title":"Pit","url":"https://cdn.test/p?format=m3u8&t=1"},{"title":"Film","url":"https://cdn.test/film.mp4"},{"title":"Poster","url":"https://cdn.test/a.m3u8.jpg"}]}`,
			kind: "json", query: ".videos[]? | objects | {url: .url, title: .title, quality: null}\n| select(.url | strings | test(\"\\\\.m3u8([?#|;/]|$)|=m3u8|/manifest/hls\"; \"i\"))",
			want: []found{{URL: "https://cdn.test/ev.isml/Manifest(format=m3u8-aapl)", Title: "World"}, {URL: "https://cdn.test/p?format=m3u8&t=1", Title: "Pit"}},
		},
		"JSON with two places": {
			path: "/api", body: `{"main":{"playback":{"url":"https://cdn.test/w.m3u8"},"name":"World"},"extra":[{"name":"A","link":"https://cdn.test/a.m3u8"},{"name":"B","link":"https://cdn.test/b.m3u8"}]}`,
			kind: "json", want: []found{{URL: "https://cdn.test/a.m3u8", Title: "A"}, {URL: "https://cdn.test/b.m3u8", Title: "B"}, {URL: "https://cdn.test/w.m3u8", Title: "World"}},
		},
		"JSON that is an address": {
			path: "/api", body: `{"url":"https://cdn.test/w.m3u8"}`, kind: "json", want: []found{{URL: "https://cdn.test/w.m3u8"}},
		},
		"JSON lists in lists": {
			path: "/api", body: `[[["https://cdn.test/1.m3u8"]],[["https://cdn.test/2.m3u8"]]]`,
			kind: "json", want: []found{{URL: "https://cdn.test/1.m3u8"}, {URL: "https://cdn.test/2.m3u8"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			pool := thisMachine{upstream.New()}
			defer pool.Close()
			base, asked := guessServer(t, tc.path, tc.contentType, tc.body)
			p, err := guesser().Guess(t.Context(), base+tc.path, pool)
			require.NoError(t, err)
			want := int64(1)
			if tc.kind == "direct" {
				want = 2 // the stream has the same address, and is checked
			}
			assert.Equal(t, want, asked.Load(), "the address is fetched once")
			for i := range tc.want {
				tc.want[i].URL = strings.ReplaceAll(tc.want[i].URL, "{base}", base)
			}
			assert.Equal(t, tc.want, p.Found, p.Text)
			assert.Equal(t, tc.kind, p.Source.Kind)
			assert.Equal(t, "127-0-0-1-2", p.Source.Key)
			assert.True(t, p.Source.AllowPrivate, "the address is private, and the user wrote it")
			assert.NotEmpty(t, p.Steps)
			if tc.query != "" {
				assert.Equal(t, tc.query, strings.TrimSpace(p.Source.Query))
			}
			again, err := source.Parse("sources/x.toml", []byte(p.Text), nil)
			require.NoError(t, err, p.Text)
			assert.Equal(t, p.Source.Key, again.Key)
			site, err := extract.NewSite(again, pool, extract.Limits{})
			require.NoError(t, err)
			found, err := guesser().Registry[again.Kind].Extract(t.Context(), again, site)
			require.NoError(t, err)
			assert.Equal(t, tc.want, found, "the file yields what the trial did")
		})
	}
}

func TestTheErrorForAnAddressThatIsNoSourceNamesItsAnswer(t *testing.T) {
	pool := upstream.New()
	defer pool.Close()
	for name, tc := range map[string]struct{ contentType, body, says string }{
		"a web page":   {"text/html", "<!doctype html><html></html>", "web page, and no stream was found on it; a source of kind page can say where"},
		"DASH":         {"application/dash+xml", `<?xml version="1.0"?><MPD></MPD>`, "DASH"},
		"a feed":       {"application/xml", `<?xml version="1.0"?><rss></rss>`, "XML"},
		"nothing":      {"", "", "answered nothing"},
		"a film":       {"video/mp4", "\x00\x00\x00\x20ftypisom", "media file"},
		"no playlists": {"application/json", `{"a":["https://x.test/a.mp4?token=secret"]}`, ".m3u8"},
		"broken JSON":  {"application/json", `{"a": secret`, "broken"},
		"text":         {"text/plain", "hello", "5 bytes (text/plain)"},
		"empty list":   {"", "#EXTM3U\n", "no streams"},
	} {
		t.Run(name, func(t *testing.T) {
			base, _ := guessServer(t, "", tc.contentType, tc.body)
			_, err := guesser().Guess(t.Context(), base+"/?token=secret", pool)
			require.Error(t, err)
			assert.Contains(t, err.Error(), tc.says)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
	for _, bad := range []string{"", "file:///etc/passwd", "example.com", "rtmp://x.test/a?token=secret", "http://", "http://%zz?token=secret"} {
		_, err := guesser().Guess(t.Context(), bad, pool)
		require.ErrorIs(t, err, extract.ErrScheme, bad)
		assert.NotContains(t, err.Error(), "secret")
	}
}

func FuzzGuessedQueriesCompileAndYield(f *testing.F) {
	f.Add(`{"a":[{"b c":"https://x.test/1.m3u8"}],"\\(x)":{"k":"/2.m3u8"}}`)
	f.Add(`[[{"url":"a.m3u8","name":1},null],{"x":{"y":"b.m3u8"},"z":{"y":"c.m3u8"}}]`)
	f.Fuzz(func(t *testing.T, body string) {
		p, err := guess.FromPage([]byte(body), guesser().Registry)
		if err == nil {
			assert.NotEmpty(t, p.Found)
		}
	})
}
