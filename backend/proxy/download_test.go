package proxy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTwentyFourViewersFetchASegmentOnce(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/master.m3u8?token=t1")
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			for _, uri := range lines(g.get("/hls/feed/720p-2000k/index.m3u8")) {
				g.get("/hls/feed/720p-2000k/" + uri)
			}
		})
	}
	wg.Wait()
	for i := 100; i < 106; i++ {
		assert.Equal(t, 1, e.count(fmt.Sprintf("/live/seg%d.ts", i)), "segment %d", i)
	}
}

// halfSegment serves a segment in two halves; the test releases the second one.
type halfSegment struct {
	open chan struct{}
	gone chan struct{} // closed when the request to the upstream is cancelled
	body []byte
}

func (g *halfSegment) serve(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "seg103.ts") {
		return false
	}
	w.Header().Set("Content-Type", "video/mp2t")
	w.Header().Set("Content-Length", fmt.Sprint(len(g.body)))
	_, _ = w.Write(g.body[:len(g.body)/2])
	_ = http.NewResponseController(w).Flush()
	select {
	case <-g.open:
		_, _ = w.Write(g.body[len(g.body)/2:])
	case <-r.Context().Done():
		close(g.gone)
	}
	return true
}

// newHalfSegment serves its segment outside the edge's lock.
func newHalfSegment(t *testing.T, e *edge) *halfSegment {
	g := &halfSegment{open: make(chan struct{}), gone: make(chan struct{}), body: content(103)}
	inner := e.Config.Handler
	e.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.serve(w, r) {
			inner.ServeHTTP(w, r)
		}
	})
	return g
}

func (g *rig) open(ctx context.Context, path string) *http.Response {
	g.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.srv.URL+path, nil)
	require.NoError(g.t, err)
	resp, err := g.srv.Client().Do(req)
	require.NoError(g.t, err)
	return resp
}

func TestBytesReachAViewerAsTheyArrive(t *testing.T) {
	e := newEdge(t)
	seg := newHalfSegment(t, e)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	half := make([]byte, len(seg.body)/2)
	first := g.open(t.Context(), "/hls/feed/main/103.ts")
	defer func() { _ = first.Body.Close() }()
	_, err := io.ReadFull(first.Body, half)
	require.NoError(t, err)
	second := g.open(t.Context(), "/hls/feed/main/103.ts") // joins a running download
	defer func() { _ = second.Body.Close() }()
	_, err = io.ReadFull(second.Body, half)
	require.NoError(t, err)
	close(seg.open)
	for _, r := range []*http.Response{first, second} {
		rest, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		assert.Equal(t, seg.body[len(half):], rest)
	}
}

func TestOnlyTheLastViewerToLeaveEndsTheDownload(t *testing.T) {
	e := newEdge(t)
	seg := newHalfSegment(t, e)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	ctx1, leave1 := context.WithCancel(t.Context())
	ctx2, leave2 := context.WithCancel(t.Context())
	defer leave2()
	half := make([]byte, len(seg.body)/2)
	for _, ctx := range []context.Context{ctx1, ctx2} {
		resp := g.open(ctx, "/hls/feed/main/103.ts")
		defer func() { _ = resp.Body.Close() }()
		_, err := io.ReadFull(resp.Body, half)
		require.NoError(t, err)
	}
	leave1()
	require.Eventually(t, func() bool { return g.proxy.engine.Store.Stats().Readers == 1 }, 5*time.Second, time.Millisecond)
	select {
	case <-seg.gone:
		t.Fatal("one viewer leaving ended the download of another")
	default:
	}
	leave2()
	select {
	case <-seg.gone:
	case <-time.After(5 * time.Second):
		t.Fatal("the download continues without readers")
	}
}

// breaking makes the edge cut the connection in mid-segment for the first requests. It returns the count of requests.
func breaking(e *edge, times int, ranges bool) *int {
	asked := 0
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "seg103.ts") || r.URL.Query().Get("token") != e.token {
			return false
		}
		asked++
		if !ranges {
			r.Header.Del("Range")
		}
		if asked > times {
			return false
		}
		body := content(103)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body[:len(body)/2+asked])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	return &asked
}

func TestATruncatedBodyIsResumed(t *testing.T) {
	for name, ranges := range map[string]bool{"by range": true, "by a server without ranges": false} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			asked := breaking(e, 1, ranges)
			g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
			assert.Equal(t, string(content(103)), g.get("/hls/feed/main/103.ts"))
			assert.Equal(t, 2, *asked)
		})
	}
}

func TestABodyCutOffWhenItsTokenExpiresIsResumedAtTheFreshURL(t *testing.T) {
	e := newEdge(t)
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "seg103.ts") && r.URL.Query().Get("token") == "t1" && e.token == "t1" {
			e.token = "t2"
			body := content(103)
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			_, _ = w.Write(body[:1000])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		return false
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t2", nil }
	assert.Equal(t, string(content(103)), g.get("/hls/feed/main/103.ts"))
	assert.Equal(t, 1, g.site.count())
}

func TestATruncatedBodyNeverEndsCleanly(t *testing.T) {
	e := newEdge(t)
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "seg103.ts") {
			return false
		}
		if r.Header.Get("Range") != "" {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write(content(103)[:5000])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	resp := g.open(t.Context(), "/hls/feed/main/103.ts")
	defer func() { _ = resp.Body.Close() }()
	_, err := io.ReadAll(resp.Body)
	assert.Error(t, err)
}

func TestAPlayerGetsTheRangeItRequests(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	whole := content(101)
	for name, tc := range map[string]struct {
		rng          string
		status       int
		body         []byte
		contentRange string
	}{
		"inside":      {"bytes=10-19", 206, whole[10:20], fmt.Sprintf("bytes 10-19/%d", len(whole))},
		"to the end":  {"bytes=100-", 206, whole[100:], fmt.Sprintf("bytes 100-%d/%d", len(whole)-1, len(whole))},
		"the last":    {"bytes=-7", 206, whole[len(whole)-7:], fmt.Sprintf("bytes %d-%d/%d", len(whole)-7, len(whole)-1, len(whole))},
		"too far":     {"bytes=99999999-", 416, nil, fmt.Sprintf("bytes */%d", len(whole))},
		"not a range": {"lines=1-2", 200, whole, ""},
		"several":     {"bytes=0-1,4-5", 200, whole, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, h, body := g.do("/hls/feed/main/101.ts", "Range", tc.rng)
			assert.Equal(t, tc.status, status)
			assert.Equal(t, tc.contentRange, h.Get("Content-Range"))
			if tc.body != nil {
				assert.True(t, bytes.Equal(tc.body, body))
			}
		})
	}
	// A player that left early may have cancelled a download. Once the segment is complete, ranges are served without the edge.
	g.get("/hls/feed/main/101.ts")
	asked := e.count("/live/seg101.ts")
	for _, rng := range []string{"bytes=10-19", "bytes=-7", "bytes=99999999-", "bytes=100-"} {
		g.do("/hls/feed/main/101.ts", "Range", rng)
	}
	assert.Equal(t, asked, e.count("/live/seg101.ts"))
}

// One resource holds all segments, as ffmpeg's single_file flag writes it.
func TestByteRangesAreFetchedAsRanges(t *testing.T) {
	e := newEdge(t)
	file := bytes.Join([][]byte{[]byte("INIT"), content(1), content(2), content(3)}, nil)
	n := len(content(1))
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/v.m3u8":
			fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"all.mp4\",BYTERANGE=\"4@0\"\n#EXTINF:2,\n#EXT-X-BYTERANGE:%d@4\nall.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:%d\nall.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:%d\nall.mp4\n#EXT-X-ENDLIST\n", n, n, n)
		case "/all.mp4":
			http.ServeContent(w, r, "all.mp4", time.Time{}, bytes.NewReader(file))
		default:
			return false
		}
		return true
	}
	g := newRig(t, e.URL+"/v.m3u8")
	list := g.get(mainList)
	assert.Contains(t, list, fmt.Sprintf("#EXT-X-BYTERANGE:%d@%d\n1.mp4", n, 4+n))
	status, h, body := g.do("/hls/feed/main/1.mp4", "Range", fmt.Sprintf("bytes=%d-%d", 4+n, 4+2*n-1))
	assert.Equal(t, http.StatusPartialContent, status)
	assert.Equal(t, fmt.Sprintf("bytes %d-%d/*", 4+n, 4+2*n-1), h.Get("Content-Range"))
	assert.True(t, bytes.Equal(content(2), body))
	status, _, body = g.do("/hls/feed/main/init-0.mp4", "Range", "bytes=0-3")
	assert.Equal(t, http.StatusPartialContent, status)
	assert.Equal(t, "INIT", string(body))
}

func TestAnObjectTooLargeForTheCacheIsStreamedUncached(t *testing.T) {
	e := newEdge(t)
	const size = 40 << 20
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "seg103.ts") {
			return false
		}
		w.Header().Set("Content-Type", "video/mp2t")
		for i := range size >> 20 {
			if _, err := w.Write(bytes.Repeat([]byte{byte(i)}, 1<<20)); err != nil {
				return true
			}
		}
		return true
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	resp := g.open(t.Context(), "/hls/feed/main/103.ts")
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Len(t, got, size)
	assert.Equal(t, byte(size>>20-1), got[size-1])
	assert.Zero(t, g.proxy.engine.Store.Stats().Cached)
}

func TestTheCacheStaysWithinItsBound(t *testing.T) {
	e := newEdge(t)
	e.from, e.to = 0, 600
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	for i := range 600 {
		g.get(fmt.Sprintf("/hls/feed/main/%d.ts", i))
		require.LessOrEqual(t, g.proxy.engine.Store.Stats().Cached, int64(8<<20))
	}
	assert.Greater(t, g.proxy.engine.Store.Stats().Cached, int64(7<<20))
	g.proxy.engine.Store.Sweep(time.Now())
	assert.Zero(t, g.proxy.engine.Store.Stats().Cached, "idle entries are evicted")
}

func TestAStalledUpstreamTimesOut(t *testing.T) {
	e := newEdge(t)
	stall := make(chan struct{})
	inner := e.Config.Handler
	e.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "seg103.ts") {
			select {
			case <-stall:
			case <-r.Context().Done():
			}
			return
		}
		inner.ServeHTTP(w, r)
	})
	defer close(stall)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	status, _, body := g.do("/hls/feed/main/103.ts")
	assert.Equal(t, http.StatusGatewayTimeout, status)
	assert.Contains(t, string(body), "upstream_timeout")
}

func TestShrinkingTheCacheFreesMemoryAtOnce(t *testing.T) {
	e := newEdge(t)
	e.from, e.to = 0, 600
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	for i := range 300 {
		g.get(fmt.Sprintf("/hls/feed/main/%d.ts", i))
	}
	require.Greater(t, g.proxy.engine.Store.Stats().Cached, int64(4<<20))
	g.proxy.SetCacheBytes(2 << 20)
	assert.LessOrEqual(t, g.proxy.engine.Store.Stats().Cached, int64(2<<20))
	g.get("/hls/feed/main/299.ts")
	assert.Equal(t, 1, e.count("/live/seg299.ts"), "the newest are kept")
	g.get("/hls/feed/main/0.ts")
	assert.Equal(t, 2, e.count("/live/seg0.ts"), "the oldest were evicted")
	for i := range 300 {
		g.get(fmt.Sprintf("/hls/feed/main/%d.ts", 300+i))
		require.LessOrEqual(t, g.proxy.engine.Store.Stats().Cached, int64(2<<20))
	}
}

// Memory is reused as soon as a segment has left the cache; a player in the middle of that segment must not notice.
func TestAnEvictedSegmentIsReadToItsEnd(t *testing.T) {
	const segments = 20
	body := func(i int) []byte { return bytes.Repeat(fmt.Appendf(nil, "\x47piece %d\x00", i), 30_000) }
	e := newEdge(t)
	inner := e.Config.Handler
	e.from, e.to = 0, segments
	e.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], "seg%d.ts", &i); err != nil {
			inner.ServeHTTP(w, r)
			return
		}
		if i%2 == 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(body(i))))
		}
		_, _ = w.Write(body(i))
	})
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.proxy.SetCacheBytes(2 << 20)
	var wg sync.WaitGroup
	for viewer := range 6 {
		wg.Go(func() {
			for i := range segments / 2 {
				n := (i*7 + viewer*5) % segments
				resp, err := g.srv.Client().Get(fmt.Sprintf("%s/hls/feed/main/%d.ts", g.srv.URL, n))
				if !assert.NoError(t, err) {
					return
				}
				got, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				assert.NoError(t, err)
				assert.True(t, bytes.Equal(body(n), got), "segment %d", n)
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, g.proxy.engine.Store.Stats().Cached, int64(2<<20))
	g.proxy.SetCacheBytes(0)
	require.Eventually(t, func() bool { return g.proxy.engine.Store.Stats().Held == 0 }, 10*time.Second, time.Millisecond, "evicted segments hold no memory")
}
