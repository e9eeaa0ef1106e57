package proxy

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/backend/playback"
	"gridwall/backend/renditions"
	"gridwall/backend/stream"
	"gridwall/backend/streamrecord"
	"gridwall/backend/timeline"
)

// textUpstream is an upstream in memory. It answers with the text that answer returns, and 404 if that is empty.
type textUpstream struct {
	mu     sync.Mutex
	answer func(path string, n int) string // n: earlier requests for the path
	asked  map[string]int
}

func (u *textUpstream) RoundTrip(req *http.Request) (*http.Response, error) {
	u.mu.Lock()
	n := u.asked[req.URL.Path]
	u.asked[req.URL.Path]++
	u.mu.Unlock()
	body := u.answer(req.URL.Path, n)
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: req, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
	if body == "" {
		resp.StatusCode = http.StatusNotFound
	}
	return resp, nil
}

// memoryRig is a proxy in front of a textUpstream that reloads its playlists with each request.
type memoryRig struct {
	t        *testing.T
	upstream *textUpstream
	store    *mapStore
	proxy    *Proxy
}

func newMemoryRig(t *testing.T, url string, answer func(path string, n int) string) *memoryRig {
	g := &memoryRig{t: t, upstream: &textUpstream{answer: answer, asked: map[string]int{}}, store: &mapStore{m: map[string][]byte{}}}
	g.proxy = New(playback.Options{Streams: &site{up: stream.Upstream{ID: "feed", URL: url, Generation: 1}}, Transports: tripper{g.upstream}, Memory: g.store,
		CacheBytes: 8 << 20, Log: slog.New(slog.DiscardHandler)})
	g.proxy.engine.Age = func(*timeline.Snapshot) time.Duration { return 0 }
	t.Cleanup(func() { require.NoError(t, g.proxy.Close()) })
	return g
}

func (g *memoryRig) get(path string) *httptest.ResponseRecorder {
	g.t.Helper()
	rec := httptest.NewRecorder()
	g.proxy.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec
}

// discardWriter is a response writer that keeps only the status.
type discardWriter struct {
	header http.Header
	status int
}

func (n *discardWriter) Header() http.Header         { return n.header }
func (n *discardWriter) WriteHeader(status int)      { n.status = status }
func (n *discardWriter) Write(b []byte) (int, error) { return len(b), nil }

// status requests a path and discards the body.
func (g *memoryRig) status(path string) int {
	n := &discardWriter{header: http.Header{}, status: http.StatusOK}
	g.proxy.ServeHTTP(n, httptest.NewRequest(http.MethodGet, path, nil))
	return n.status
}

// grows returns by how many bytes the heap grows while do runs n times, after a few runs to warm up.
func grows(n int, do func()) int64 {
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for range 20 {
		do()
	}
	before := heap()
	for range n {
		do()
	}
	return heap() - before
}

// dvr returns a media playlist of about 1.78 MB. Its lines are few and long, which makes the tests faster.
func dvr(first, segments int, extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:%d\n%s", first, extra)
	pad := dvrPads[segments]
	if pad == "" {
		pad = strings.Repeat("x", 1_780_000/segments-30)
		dvrPads[segments] = pad
	}
	b.Grow(1_800_000)
	for i := first; i < first+segments; i++ {
		fmt.Fprintf(&b, "#EXTINF:4,\nseg%d.ts?sid=", i)
		b.WriteString(pad)
		b.WriteByte('\n')
	}
	return b.String()
}

var dvrPads = map[int]string{}

const mb = 1 << 20

// Regression: 14 names of a megabyte each were written again with every new name: the database had 703 MB after 18 requests.
func TestThePersistedRecordOfAStreamIsBounded(t *testing.T) {
	g := newMemoryRig(t, "http://127.0.0.1/master.m3u8", func(path string, _ int) string {
		if path != "/master.m3u8" {
			var b strings.Builder
			b.WriteString("#EXTM3U\n#EXT-X-TARGETDURATION:4\n")
			for i := range 64 {
				fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"%s/key%d\"\n#EXT-X-MAP:URI=\"%s/init%d.mp4\"\n#EXTINF:4,\nseg%d.m4s\n", strings.Repeat("k", 5000), i, strings.Repeat("m", 5000), i, i)
			}
			return b.String()
		}
		var b strings.Builder
		b.WriteString("#EXTM3U\n")
		for v := range 300 {
			fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d000,CODECS=\"avc1.%s\",NAME=\"%s\"\nv%d.m3u8\n", v+1, strings.Repeat("c", 10_000), strings.Repeat("n", 10_000), v)
		}
		return b.String()
	})
	root := g.get("/hls/feed/index.m3u8")
	require.Equal(t, http.StatusOK, root.Code)
	addresses := lines(root.Body.String())
	for _, a := range addresses[:20] {
		require.Equal(t, http.StatusOK, g.get("/hls/feed/"+a).Code, a)
	}
	require.NoError(t, g.proxy.engine.Save(true))
	raw, _ := g.store.Load("feed")
	assert.LessOrEqual(t, len(raw), streamrecord.Max)
	assert.Greater(t, len(raw), streamrecord.Max/2, "everything that fits is kept")
	var rec streamrecord.Record
	require.NoError(t, json.Unmarshal(raw, &rec))
	last := strings.TrimSuffix(addresses[19], "/index.m3u8")
	assert.Contains(t, rec.Renditions, last, "the rendition played last has priority")
	assert.Contains(t, rec.Names, last)
}

func TestAnOversizedRecordIsReadCheaply(t *testing.T) {
	d := renditions.Description{Kind: hls.Variant, Name: strings.Repeat("n", mb)}
	for count, want := range map[int]string{14: "720p", 0: "old"} {
		rec := streamrecord.Record{Names: map[string]renditions.Description{"old": {Kind: hls.Variant, Bandwidth: 1_000_000, Width: 1280, Height: 720}}, Renditions: map[string]timeline.Record{}}
		for i := range count {
			rec.Names[fmt.Sprint("n", i)] = d
		}
		raw, err := json.Marshal(rec)
		require.NoError(t, err)
		g := newMemoryRig(t, "http://127.0.0.1/master.m3u8", func(path string, _ int) string {
			return "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=1280x720\nv.m3u8\n"
		})
		g.store.m["feed"] = raw
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		root := g.get("/hls/feed/index.m3u8")
		runtime.ReadMemStats(&after)
		require.Equal(t, http.StatusOK, root.Code)
		assert.Contains(t, root.Body.String(), want)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2*mb))
	}
}
