package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/playback"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// edge is one server of a CDN with one live stream, over real HTTP. The test sets its tokens and its behaviour.
type edge struct {
	*httptest.Server
	mu       sync.Mutex
	token    string // currently valid; "" if none is needed
	first    int    // upstream's MSN of media index 0
	from, to int    // media indexes in the window
	pdt      bool
	disc     int
	key      string             // URI attribute of EXT-X-KEY; "" for clear
	path     func(i int) string // a segment's address as written; nil: seg{i}.ts
	guard    func(r *http.Request, token string) bool
	deny     func(w http.ResponseWriter)
	serve    func(w http.ResponseWriter, r *http.Request) bool // reports whether it has handled the request
	hits     map[string]int
	refusals int
}

var epoch = time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC)

func newEdge(t *testing.T) *edge {
	e := &edge{token: "t1", from: 100, to: 106, hits: map[string]int{}, pdt: true}
	e.guard = func(r *http.Request, token string) bool { return r.URL.Query().Get("token") == token }
	e.deny = func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) }
	e.Server = httptest.NewServer(http.HandlerFunc(e.handle))
	t.Cleanup(e.Close)
	return e
}

func (e *edge) set(change func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change()
}

func (e *edge) count(path string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hits[path]
}

// content returns the bytes of media index i, which are the same everywhere.
func content(i int) []byte { return bytes.Repeat(fmt.Appendf(nil, "\x47media %d\x00", i), 2000) }

func (e *edge) handle(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hits[r.URL.Path]++
	if e.serve != nil && e.serve(w, r) {
		return
	}
	if e.token != "" && !e.guard(r, e.token) {
		e.refusals++
		e.deny(w)
		return
	}
	q := ""
	if r.URL.RawQuery != "" {
		q = "?" + r.URL.RawQuery
	}
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	var i int
	switch {
	case name == "master.m3u8":
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080\nv1080.m3u8%s\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720\nv720.m3u8%s\n", q, q)
	case strings.HasSuffix(name, ".m3u8"):
		fmt.Fprint(w, e.Playlist(q))
	case name == "key":
		_, _ = w.Write([]byte("0123456789abcdef"))
	default:
		if _, err := fmt.Sscanf(name, "seg%d.ts", &i); err != nil || i < e.from-3 || i >= e.to {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "video/mp2t")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content(i)))
	}
}

func (e *edge) Playlist(q string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", e.first+e.from)
	if e.disc > 0 {
		fmt.Fprintf(&b, "#EXT-X-DISCONTINUITY-SEQUENCE:%d\n", e.disc)
	}
	if e.key != "" {
		fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"%s%s\"\n", e.key, q)
	}
	for i := e.from; i < e.to; i++ {
		if e.pdt {
			fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", epoch.Add(time.Duration(i)*2*time.Second).Format("2006-01-02T15:04:05.000Z"))
		}
		uri := fmt.Sprintf("seg%d.ts%s", i, q)
		if e.path != nil {
			uri = e.path(i)
		}
		fmt.Fprintf(&b, "#EXTINF:2.000,\n%s\n", uri)
	}
	return b.String()
}

// site is the renewer. It returns the URL that the test's source would find now.
type site struct {
	mu       sync.Mutex
	up       stream.Upstream
	next     func() (string, error) // the fresh URL
	renewals int
	opened   []bool
	ends     []time.Time
}

func (s *site) Open(_ context.Context, id string, activate bool, _ string) (stream.Upstream, error) {
	s.mu.Lock()
	s.opened = append(s.opened, activate)
	s.mu.Unlock()
	return s.Current(id)
}

func (s *site) Current(id string) (stream.Upstream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != "feed" {
		return stream.Upstream{}, stream.ErrUnknownStream
	}
	return s.up, nil
}

func (s *site) Renew(_ context.Context, id string, r stream.Refusal) (stream.Upstream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.up.Generation > r.Generation {
		return s.up, nil
	}
	if s.next == nil {
		return s.up, errors.New("the test renews nothing")
	}
	s.renewals++
	u, err := s.next()
	if err != nil {
		return s.up, err
	}
	s.up.URL = u
	s.up.Generation++
	return s.up, nil
}

func (s *site) Expires(_ string, _ uint64, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, at)
}

func (s *site) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.renewals
}

type plainTransports struct{ rt *http.Transport }

func (p plainTransports) Transport(bool, string) (http.RoundTripper, error) { return p.rt, nil }

type mapStore struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (s *mapStore) Load(id string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[id], nil
}

func (s *mapStore) Save(id string, b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[id] = b
	return nil
}

// rig is a proxy in front of edges, and a player.
type rig struct {
	t     *testing.T
	site  *site
	store *mapStore
	proxy *Proxy
	srv   *httptest.Server
	rt    *http.Transport
}

func newRig(t *testing.T, url string) *rig {
	g := &rig{t: t, site: &site{up: stream.Upstream{ID: "feed", URL: url, Generation: 1}}, store: &mapStore{m: map[string][]byte{}}, rt: &http.Transport{}}
	g.site.next = func() (string, error) { return "", errors.New("the test renews nothing") }
	g.start()
	t.Cleanup(func() { g.stop(); g.rt.CloseIdleConnections() })
	return g
}

func (g *rig) start() {
	g.proxy = New(playback.Options{Streams: g.site, Transports: plainTransports{g.rt}, Memory: g.store, CacheBytes: 8 << 20, Log: slog.New(slog.DiscardHandler)})
	g.proxy.engine.Age = func(*timeline.Snapshot) time.Duration { return 0 } // each request sees the edge as it is
	g.srv = httptest.NewServer(g.proxy)
}

func (g *rig) stop() {
	g.srv.Close()
	require.NoError(g.t, g.proxy.Close())
}

// restart simulates a new process: only persisted state and the stream's URL remain.
func (g *rig) restart() {
	g.stop()
	g.site.mu.Lock()
	g.site.up.Generation = 1
	g.site.mu.Unlock()
	g.start()
}

func (g *rig) do(path string, header ...string) (int, http.Header, []byte) {
	g.t.Helper()
	req, err := http.NewRequest(http.MethodGet, g.srv.URL+path, nil)
	require.NoError(g.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := g.srv.Client().Do(req)
	require.NoError(g.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(g.t, err)
	return resp.StatusCode, resp.Header, body
}

func (g *rig) get(path string) string {
	g.t.Helper()
	status, _, body := g.do(path)
	require.Equal(g.t, http.StatusOK, status, "%s: %s", path, body)
	return string(body)
}

// lines returns the addresses of a playlist's segments.
func lines(playlist string) (uris []string) {
	for l := range strings.SplitSeq(playlist, "\n") {
		if l != "" && l[0] != '#' {
			uris = append(uris, l)
		}
	}
	return uris
}

func tagValue(playlist, tag string) string {
	for l := range strings.SplitSeq(playlist, "\n") {
		if v, ok := strings.CutPrefix(l, tag+":"); ok {
			return v
		}
	}
	return ""
}
