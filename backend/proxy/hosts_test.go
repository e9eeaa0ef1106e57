package proxy

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordingServer is a server that records its requests.
type recordingServer struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
}

func listen(t *testing.T, h http.HandlerFunc) *recordingServer {
	s := &recordingServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r)
		s.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// all returns the addresses and headers of all requests.
func (s *recordingServer) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, r := range s.requests {
		fmt.Fprintf(&b, "%s %s %v\n", r.RequestURI, r.Host, r.Header)
	}
	return b.String()
}

// elsewhere returns the server's URL under another host name: localhost instead of 127.0.0.1.
func (s *recordingServer) elsewhere() string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return "http://localhost:" + port
}

const listingOf = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\n%s\n"

var tsBytes = bytes.Repeat(append([]byte{0x47, 0x40, 0x11, 0x10}, make([]byte, 184)...), 20)

var secretHeaders = map[string]string{"Authorization": "Bearer SECRET", "Cookie": "sid=SECRET", "X-Api-Key": "SECRET", "Referer": "https://club.example/SECRET", "User-Agent": "Box/1.0"}

func TestAnUnrelatedHostGetsNoTokenAndNoHeader(t *testing.T) {
	for _, path := range []string{"/seg.ts", "/redirect", "/tracked.ts?own=1"} {
		third := listen(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })
		home := listen(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/live.m3u8" && path == "/redirect":
				fmt.Fprintf(w, listingOf, "/redirect")
			case r.URL.Path == "/live.m3u8":
				fmt.Fprintf(w, listingOf, third.elsewhere()+path)
			default:
				http.Redirect(w, r, third.elsewhere()+"/redirected.ts", http.StatusFound)
			}
		})
		g := newRig(t, home.URL+"/live.m3u8?token=SECRET&hdnts=exp=1~hmac=SECRET")
		g.site.up.Headers = secretHeaders
		g.get("/hls/feed/main/index.m3u8")
		status, _, body := g.do("/hls/feed/main/7.ts")
		assert.NotEqual(t, http.StatusOK, status)
		assert.Contains(t, string(body), `add stream_hosts = [\"localhost\"] to the source`)
		assert.Contains(t, home.all(), "Bearer SECRET")
		require.NotEmpty(t, third.requests)
		assert.NotContains(t, third.all(), "SECRET", path)
		assert.Contains(t, third.all(), "Box/1.0")
	}
}

func TestAHostInStreamHostsGetsTokenAndHeaders(t *testing.T) {
	third := listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("token") != "SECRET" || r.Header.Get("X-Api-Key") != "SECRET" || r.Header.Get("Referer") == "" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		_, _ = w.Write(tsBytes)
	})
	home := listen(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, listingOf, third.elsewhere()+"/seg.ts") })
	g := newRig(t, home.URL+"/live.m3u8?token=SECRET")
	g.site.up.Headers, g.site.up.StreamHosts = secretHeaders, []string{"localhost"}
	g.get("/hls/feed/main/index.m3u8")
	assert.Equal(t, string(tsBytes), g.get("/hls/feed/main/7.ts"))
}

func TestARememberedTokenIsNotSentToAnUnrelatedHost(t *testing.T) {
	third := listen(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(tsBytes) })
	home := listen(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, listingOf, third.elsewhere()+"/seg.ts") })
	g := newRig(t, home.URL+"/live.m3u8?token=SECRET")
	require.NoError(t, g.store.Save("feed", []byte(`{"inherit":["`+strings.TrimPrefix(third.elsewhere(), "http://")+`"]}`)))
	g.get("/hls/feed/main/index.m3u8")
	g.get("/hls/feed/main/7.ts")
	assert.NotContains(t, third.all(), "SECRET")
}

func TestATokenDoesNotFollowARedirectToAnotherDomain(t *testing.T) {
	third := listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/edge.m3u8" {
			fmt.Fprintf(w, listingOf, "seg.ts")
		} else if r.URL.Query().Get("edge") == "" {
			http.Error(w, "no", http.StatusForbidden)
		} else {
			_, _ = w.Write(tsBytes)
		}
	})
	home := listen(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, third.elsewhere()+"/edge.m3u8?edge=1", http.StatusFound)
	})
	g := newRig(t, home.URL+"/live.m3u8?token=SECRET")
	g.get("/hls/feed/main/index.m3u8")
	// The edge's own token is added to child addresses, the first host's is not.
	assert.Equal(t, string(tsBytes), g.get("/hls/feed/main/7.ts"))
	assert.NotContains(t, third.all(), "SECRET")
}

func TestSegmentsWithUnusualNamesPlay(t *testing.T) {
	for name, want := range map[string]string{
		"cam_2026-05-24T12:00:00.000__a.ts": "/live/cam_2026-05-24T12:00:00.000__a.ts",
		"seg-15:49.ts":                      "/live/seg-15:49.ts",
		"./a:b.ts":                          "/live/a:b.ts",
		"seg1.ts?title=Main feed&t=a%2Bb":   "/live/seg1.ts?title=Main%20feed&t=a%2Bb",
		"seg2.ts?name=Großer Preis":         "/live/seg2.ts?name=Gro%C3%9Fer%20Preis",
		`sub\seg3.ts`:                       "/live/sub/seg3.ts",
		"seg4.ts#t=1":                       "/live/seg4.ts",
		"100%25.ts?x=%zz":                   "/live/100%25.ts?x=%zz",
	} {
		edge := listen(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/live/w.m3u8" {
				assert.Equal(t, "/live/w.m3u8?event=Grand%20Prix&token=a%2Bb", r.RequestURI)
				fmt.Fprintf(w, listingOf, name)
				return
			}
			_, _ = w.Write(tsBytes)
		})
		g := newRig(t, edge.URL+"/live/w.m3u8?event=Grand Prix&token=a%2Bb")
		list := g.get("/hls/feed/main/index.m3u8")
		assert.Equal(t, string(tsBytes), g.get("/hls/feed/main/"+lines(list)[0]), name)
		assert.Contains(t, edge.all(), want+" 127.0.0.1", name)
	}
}

func TestACopiedHeaderCannotBreakPlayback(t *testing.T) {
	edge := listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/w.m3u8" {
			fmt.Fprintf(w, listingOf, "seg.ts")
			return
		}
		http.ServeContent(w, r, "seg.ts", time.Unix(1_800_000_000, 0), bytes.NewReader(tsBytes))
	})
	g := newRig(t, edge.URL+"/w.m3u8")
	g.site.up.Headers = map[string]string{"accept-encoding": "br, zstd", "Range": "bytes=0-0", "If-None-Match": "*", "If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT",
		"Connection": "close", "!Host": "x", "Upgrade": "h2c", "Content-Length": "5", "TE": "trailers", "User-Agent": "Box/1.0"}
	g.get("/hls/feed/main/index.m3u8")
	assert.Equal(t, string(tsBytes), g.get("/hls/feed/main/7.ts"))
	for _, never := range []string{"br, zstd", "bytes=0-0", "If-None", "If-Mod", "!host", "Upgrade", "Te:"} {
		assert.NotContains(t, edge.all(), never)
	}
}

func TestBodiesAreDecompressedDespiteWrongContentEncoding(t *testing.T) {
	pack := map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, "br": func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	}
	for _, c := range []struct{ says, is string }{{"gzip", "gzip"}, {"gzip", ""}, {"", "gzip"}, {"br", "br"}, {"deflate", "deflate"}, {"x-gzip", "gzip"}} {
		answer := func(w http.ResponseWriter, body []byte) {
			if c.says != "" {
				w.Header().Set("Content-Encoding", c.says)
			}
			var b bytes.Buffer
			if c.is == "" {
				b.Write(body)
			} else {
				z := pack[c.is](&b)
				_, _ = z.Write(body)
				_ = z.Close()
			}
			_, _ = w.Write(b.Bytes())
		}
		edge := listen(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/w.m3u8" {
				answer(w, fmt.Appendf(nil, listingOf, "seg.ts"))
			} else if c.says == "" {
				_, _ = w.Write(tsBytes)
			} else {
				answer(w, tsBytes)
			}
		})
		g := newRig(t, edge.URL+"/w.m3u8")
		g.get("/hls/feed/main/index.m3u8")
		assert.Equal(t, string(tsBytes), g.get("/hls/feed/main/7.ts"), "%+v", c)
	}
}

func TestCDNCookiesAreSentBackUnchanged(t *testing.T) {
	const pair = `hdntl="exp=1893456000~acl=/*\054/live~hmac=ab"`
	edge := listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/live/w.m3u8" {
			w.Header()["Set-Cookie"] = []string{pair + "; Path=/", `sess={"id":"a1","t":2}; Path=/`}
			fmt.Fprintf(w, listingOf, "seg.ts")
			return
		}
		if r.Header.Get("Cookie") != `own="x,y"; `+pair+`; sess={"id":"a1","t":2}` {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		_, _ = w.Write(tsBytes)
	})
	g := newRig(t, edge.URL+"/live/w.m3u8")
	g.site.up.Headers = map[string]string{"Cookie": `own="x,y"`}
	g.get("/hls/feed/main/index.m3u8")
	assert.Equal(t, string(tsBytes), g.get("/hls/feed/main/7.ts"))
}
