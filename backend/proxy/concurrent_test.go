package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/stream"
)

// cdn is an upstream in memory with one live stream, for tests that run in a synctest bubble: the test decides how long
// answers take, and no real network is involved. A segment lasts 2 s; keys and init sections change every four segments.
type cdn struct {
	began time.Time

	mu      sync.Mutex
	token   string // currently valid; "" if none is
	refusal int    // the status of a refusal; 200 is a web page
	window  int    // segments listed
	// delay is how long the answer to a path takes; nil: no time.
	delay func(path string) time.Duration
	// breaks returns after how many bytes a body is cut off; negative: not at all. nil: never.
	breaks func(path string, size int) int
	// fails reports whether a request is answered with 502. nil: never.
	fails func(path string) bool
	asked map[string]int
}

func newCDN() *cdn {
	return &cdn{began: time.Now(), token: "t1", refusal: http.StatusForbidden, window: 20, asked: map[string]int{}}
}

func (c *cdn) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// newest returns the index of the newest segment that is listed now.
func (c *cdn) newest() int { return 100 + int(time.Since(c.began)/(2*time.Second)) }

func (c *cdn) Playlist(query string) string {
	var b strings.Builder
	last := c.newest()
	first := last - c.window + 1
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", first)
	for i := first; i <= last; i++ {
		if i == first || i%4 == 0 {
			fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"key%d.bin%s\",IV=0x%032x\n#EXT-X-MAP:URI=\"init%d.mp4%s\"\n", i/4, query, i/4, i/4, query)
		}
		fmt.Fprintf(&b, "#EXTINF:2,\nseg%d.m4s%s\n", i, query)
	}
	return b.String()
}

func (c *cdn) RoundTrip(req *http.Request) (*http.Response, error) {
	path := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
	c.mu.Lock()
	c.asked[path]++
	delay, breaks, fails := c.delay, c.breaks, c.fails
	c.mu.Unlock()
	if delay != nil && !fetch.Sleep(req.Context(), delay(path)) {
		return nil, req.Context().Err()
	}
	c.mu.Lock()
	good, refusal := req.URL.Query().Get("token") == c.token && c.token != "", c.refusal
	c.mu.Unlock()
	status, body := http.StatusOK, []byte(nil)
	switch {
	case fails != nil && fails(path):
		status = http.StatusBadGateway
	case !good && refusal == http.StatusOK:
		body = []byte("<!doctype html><title>Your session has ended</title>")
	case !good:
		status = refusal
	case strings.HasSuffix(path, ".m3u8"):
		body = []byte(c.Playlist("?" + req.URL.RawQuery))
	default:
		body = cdnContent(path)
	}
	var from int
	if status == http.StatusOK && good {
		if n, _ := fmt.Sscanf(req.Header.Get("Range"), "bytes=%d-", &from); n == 1 {
			status = http.StatusPartialContent
		}
	}
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Request: req, ContentLength: int64(len(body) - from)}
	if status == http.StatusPartialContent {
		resp.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
	}
	end := -1
	if breaks != nil && good && status < 300 && !strings.HasSuffix(path, ".m3u8") {
		end = breaks(path, len(body)-from)
	}
	resp.Body = &cutBody{r: bytes.NewReader(body[from:]), left: end}
	return resp, nil
}

// cutBody is a body that is reset after left bytes, unless left is negative.
type cutBody struct {
	r    *bytes.Reader
	left int
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return b.r.Read(p)
	}
	if b.left == 0 {
		return 0, errors.New("connection reset by peer")
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *cutBody) Close() error { return nil }

// cdnContent returns the upstream's content of a path. It differs for every path.
func cdnContent(path string) []byte {
	if strings.HasPrefix(path, "key") {
		return fmt.Appendf(nil, "%-16.16s", path)
	}
	return bytes.Repeat(fmt.Appendf(nil, "\x47 %s \x00", path), 400)
}

// slowSite is a renewer that behaves like backend/refresh: a renewal takes time, and concurrent callers share it.
type slowSite struct {
	c *cdn

	mu      sync.Mutex
	up      stream.Upstream
	takes   func() time.Duration
	running chan struct{} // closed when the current renewal ends; nil: none
	runs    int
}

func newSlowSite(c *cdn) *slowSite {
	return &slowSite{c: c, up: stream.Upstream{ID: "feed", URL: "http://127.0.0.1/live/v.m3u8?token=t1", Generation: 1}}
}

func (s *slowSite) Open(_ context.Context, id string, _ bool, _ string) (stream.Upstream, error) {
	return s.Current(id)
}

func (s *slowSite) Current(string) (stream.Upstream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up, nil
}

func (s *slowSite) Expires(string, uint64, time.Time) {}

func (s *slowSite) Renew(ctx context.Context, _ string, r stream.Refusal) (stream.Upstream, error) {
	s.mu.Lock()
	if s.up.Generation > r.Generation {
		defer s.mu.Unlock()
		return s.up, nil
	}
	if s.running == nil {
		s.running = make(chan struct{})
		s.runs++
		var takes time.Duration
		if s.takes != nil {
			takes = s.takes()
		}
		go s.renew(takes, s.running)
	}
	done := s.running
	s.mu.Unlock()
	select {
	case <-done:
		return s.Current("")
	case <-ctx.Done():
		up, _ := s.Current("")
		return up, ctx.Err()
	}
}

func (s *slowSite) renew(takes time.Duration, done chan struct{}) {
	time.Sleep(takes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up.Generation++
	token := fmt.Sprintf("t%d", s.up.Generation)
	s.up.URL = "http://127.0.0.1/live/v.m3u8?token=" + token
	s.c.set(func() { s.c.token = token })
	s.running = nil
	close(done)
}

type tripper struct{ rt http.RoundTripper }

func (t tripper) Transport(bool, string) (http.RoundTripper, error) { return t.rt, nil }

// bubble is a proxy in front of a cdn, inside a synctest bubble.
type bubble struct {
	t     *testing.T
	cdn   *cdn
	site  *slowSite
	proxy *Proxy
}

func newBubble(t *testing.T) *bubble {
	b := &bubble{t: t, cdn: newCDN()}
	b.site = newSlowSite(b.cdn)
	b.proxy = New(playback.Options{Streams: b.site, Transports: tripper{b.cdn}, Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 8 << 20,
		Log: slog.New(slog.DiscardHandler)})
	return b
}

// close calls Proxy.Close and fails if it blocks.
func (b *bubble) close() {
	b.t.Helper()
	done := make(chan error, 1)
	go func() { done <- b.proxy.Close() }()
	select {
	case err := <-done:
		require.NoError(b.t, err)
	case <-time.After(time.Minute):
		b.t.Fatal("Proxy.Close blocks")
	}
}

// got is the answer to one request. Status 0 means that the body was cut off, which a player sees as a reset connection.
type got struct {
	status int
	body   string
	took   time.Duration
}

func (b *bubble) get(path string) (g got) {
	start := time.Now()
	rec := httptest.NewRecorder()
	defer func() {
		g.took = time.Since(start)
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler { //nolint:errorlint // a panic's value
				panic(p)
			}
			g.status = 0
		}
	}()
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Minute) // a request that never returns must fail the test, not hang it
	defer cancel()
	b.proxy.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
	body, _ := io.ReadAll(rec.Result().Body)
	return got{status: rec.Code, body: string(body)}
}

// addresses returns all addresses in a media playlist of main.
func addresses(playlist string) (paths []string) {
	for l := range strings.SplitSeq(playlist, "\n") {
		if _, rest, ok := strings.Cut(l, `URI="`); ok {
			l, _, _ = strings.Cut(rest, `"`)
		} else if l == "" || l[0] == '#' {
			continue
		}
		paths = append(paths, "/hls/feed/main/"+l)
	}
	return paths
}

// expectedContent returns the upstream's content for an address of main.
func expectedContent(path string) string {
	leaf := path[strings.LastIndexByte(path, '/')+1:]
	var n int
	if _, err := fmt.Sscanf(leaf, "key-%d", &n); err == nil {
		return string(cdnContent(fmt.Sprintf("key%d.bin", n/4)))
	}
	if _, err := fmt.Sscanf(leaf, "init-%d.mp4", &n); err == nil {
		return string(cdnContent(fmt.Sprintf("init%d.mp4", n/4)))
	}
	_, _ = fmt.Sscanf(leaf, "%d.m4s", &n)
	return string(cdnContent(fmt.Sprintf("seg%d.m4s", n)))
}

// The token expires. A playlist request is refused, renews the token, and is reading the playlist under the new one when a
// second request, also refused under the old token, arrives. The second must not get a 404 for a listed object.
func TestListedObjectsAreServedDuringAConcurrentRenewal(t *testing.T) {
	for _, late := range []time.Duration{0, time.Millisecond, 40 * time.Millisecond, 99 * time.Millisecond, 100 * time.Millisecond, 150 * time.Millisecond} {
		for _, leaf := range []string{"119.m4s", "118.m4s", "key-116", "init-116.mp4"} {
			t.Run(fmt.Sprintf("%s %s later", leaf, late), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBubble(t)
					time.Sleep(39 * time.Second)
					require.Equal(t, http.StatusOK, b.get(mainList).status)
					time.Sleep(2 * time.Second)
					b.site.takes = func() time.Duration { return 1500 * time.Millisecond }
					b.cdn.set(func() {
						b.cdn.token = ""
						b.cdn.delay = func(path string) time.Duration {
							if strings.HasSuffix(path, ".m3u8") {
								return 100 * time.Millisecond
							}
							return 60 * time.Millisecond
						}
					})
					var wg sync.WaitGroup
					wg.Go(func() { assert.Equal(t, http.StatusOK, b.get(mainList).status) })
					// The second request's refusal arrives while the playlist of the new token is on its way.
					time.Sleep(1500*time.Millisecond + late)
					wg.Go(func() {
						g := b.get("/hls/feed/main/" + leaf)
						assert.Equal(t, http.StatusOK, g.status, g.body)
						assert.Equal(t, expectedContent(leaf), g.body)
					})
					wg.Wait()
					b.close()
				})
			})
		}
	}
}

// Playlists, segments, keys and init sections are refused together, bodies are cut off, renewals are slow, and now and then
// the upstream answers 502. With any interleaving, no listed object gets a 404, every byte that arrives is correct, no
// request hangs, and the proxy can be closed.
func TestNoListedObjectIsLostUnderConcurrentFailures(t *testing.T) {
	seeds := 24
	if testing.Short() {
		seeds = 6
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runConcurrentFailures(t, uint64(seed)) })
		})
	}
}

func runConcurrentFailures(t *testing.T, seed uint64) {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1))
	pick := func(n int) int { // 0 to n-1
		mu.Lock()
		defer mu.Unlock()
		return rng.IntN(n)
	}
	b := newBubble(t)
	time.Sleep(40 * time.Second)
	latency := []int{1, 100, 700}[seed%3]
	b.cdn.refusal = []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusOK}[seed%4]
	b.cdn.delay = func(string) time.Duration { return time.Duration(pick(latency)) * time.Millisecond }
	b.cdn.fails = func(string) bool { return pick(25) == 0 }
	b.cdn.breaks = func(_ string, size int) int {
		if pick(5) > 0 {
			return -1
		}
		return pick(size)
	}
	b.site.takes = func() time.Duration { return time.Duration(pick(2500)) * time.Millisecond }
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 6 {
				if pick(3) == 0 {
					b.cdn.set(func() { b.cdn.token = "" })
				}
				list := b.get(mainList)
				assert.NotEqual(t, http.StatusNotFound, list.status, list.body)
				assert.Less(t, list.took, 30*time.Second)
				if list.status != http.StatusOK {
					continue
				}
				all := addresses(list.body)
				var round sync.WaitGroup
				for _, path := range append(all[len(all)-7:], mainList, mainList) {
					wait := time.Duration(pick(3*latency)) * time.Millisecond
					round.Go(func() {
						time.Sleep(wait)
						g := b.get(path)
						assert.NotEqual(t, http.StatusNotFound, g.status, "%s: %s", path, g.body)
						assert.Less(t, g.took, 30*time.Second, path)
						if g.status == http.StatusOK && path != mainList {
							assert.True(t, expectedContent(path) == g.body, "%s holds other bytes", path)
						}
					})
				}
				round.Wait()
				time.Sleep(time.Duration(pick(2000)) * time.Millisecond)
			}
		})
	}
	wg.Wait()
	b.close()
}
