package proxy

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/backend/playback"
	"gridwall/backend/timeline"
)

// newRewindRig is newRig with a DVR window.
func newRewindRig(t *testing.T, url string, r playback.Rewind) (g *rig, dir string) {
	dir = filepath.Join(t.TempDir(), "rewind") // removed after the proxy that writes to it is closed
	g = newRig(t, url)
	g.stop()
	g.proxy = New(playback.Options{Streams: g.site, Transports: plainTransports{g.rt}, Memory: g.store, CacheBytes: 8 << 20,
		RewindDir: dir, Rewind: r, Log: slog.New(slog.DiscardHandler)})
	g.proxy.engine.Age = func(*timeline.Snapshot) time.Duration { return 0 }
	g.srv = httptest.NewServer(g.proxy)
	return g, dir
}

// retainedFrom requests the playlist until it begins with first. Segments are retained concurrently with the requests.
func (g *rig) retainedFrom(path, first string) (list string) {
	g.t.Helper()
	require.Eventually(g.t, func() bool {
		list = g.get(path)
		return len(lines(list)) > 0 && strings.HasPrefix(lines(list)[0], first)
	}, 20*time.Second, 10*time.Millisecond, "%s never begins with %s", path, first)
	return list
}

// watch fetches all listed segments and then advances the edge by one segment, n times.
func (g *rig) watch(e *edge, path, dir string, n int) {
	g.t.Helper()
	for range n {
		for _, uri := range lines(g.get(path)) {
			g.get(dir + uri)
		}
		g.waitRetained(path)
		e.set(func() { e.from, e.to = e.from+1, e.to+1 })
	}
	g.get(path)
}

// waitRetained waits until all listed segments are retained.
func (g *rig) waitRetained(path string) {
	g.t.Helper()
	f, err := g.proxy.engine.Stream("feed")
	require.NoError(g.t, err)
	r := f.Rendition(strings.Split(path, "/")[3])
	require.Eventually(g.t, func() bool {
		g.get(path)
		key := r.CacheKey("")
		s := r.Current()
		for msn := s.First(); msn <= s.Last(); msn++ {
			if !g.proxy.engine.Files.Has(key + fmt.Sprint(msn)) {
				return false
			}
		}
		return !r.Retaining.Load()
	}, 20*time.Second, 5*time.Millisecond)
}

// A stream with a short sliding window can be played from where the viewer started. Numbers, dates and bytes stay the same,
// even if the token is renewed meanwhile.
func TestASlidingWindowStreamCanBeRewound(t *testing.T) {
	e := newEdge(t)
	g, dir := newRewindRig(t, e.URL+"/live/v.m3u8?token=t1", playback.Rewind{Length: time.Hour, Bytes: 8 << 20})
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t2", nil }
	g.watch(e, mainList, "/hls/feed/main/", 4)
	e.set(func() { e.token = "t2" })
	g.watch(e, mainList, "/hls/feed/main/", 4)
	list := g.get(mainList)
	assert.Equal(t, "100", tagValue(list, "#EXT-X-MEDIA-SEQUENCE"))
	uris := lines(list)
	require.Len(t, uris, 14, "eight that left the playlist and six that it lists")
	g.proxy.engine.Store.Sweep(time.Now().Add(time.Hour)) // only the files are left
	for i, uri := range uris {
		assert.Equal(t, fmt.Sprintf("%d.ts", 100+i), uri)
		assert.Equal(t, string(content(100+i)), g.get("/hls/feed/main/"+uri))
	}
	for i := range 14 {
		assert.Contains(t, list, "#EXT-X-PROGRAM-DATE-TIME:"+epoch.Add(time.Duration(100+i)*2*time.Second).Format("2006-01-02T15:04:05.000Z")+"\n#EXTINF:2.000,\n"+fmt.Sprintf("%d.ts", 100+i))
	}
	// The same holds for the stream's own address and a viewer with a query.
	assert.Equal(t, "main/100.ts?viewer=v", lines(g.get("/hls/feed/index.m3u8?viewer=v"))[0])
	again, err := hls.ParseMedia([]byte(list), hls.Env{})
	require.NoError(t, err)
	assert.Equal(t, int64(100), again.MSN)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(files), 8)
	g.proxy.SetRewind(playback.Rewind{})
	assert.Len(t, lines(g.get(mainList)), 6, "switching it off drops it at once")
	files, err = os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, files)
}

// Another edge numbers its segments differently: the player's numbers continue, in the retained part as well.
func TestTheDVRWindowSurvivesAnEdgeChange(t *testing.T) {
	e, other := newEdge(t), newEdge(t)
	g, _ := newRewindRig(t, e.URL+"/live/v.m3u8?token=t1", playback.Rewind{Length: time.Hour, Bytes: 8 << 20})
	g.watch(e, mainList, "/hls/feed/main/", 3)
	other.set(func() { other.first, other.from, other.to, other.token = 9000, e.from, e.to, "t9" })
	g.site.next = func() (string, error) { return other.URL + "/live/v.m3u8?token=t9", nil }
	e.set(func() { e.token = "gone" })
	g.watch(other, mainList, "/hls/feed/main/", 2)
	uris := lines(g.get(mainList))
	require.Len(t, uris, 11)
	for i, uri := range uris {
		assert.Equal(t, string(content(100+i)), g.get("/hls/feed/main/"+uri))
	}
}

// After an encoder restart, the old numbers are not listed any more.
func TestTheDVRWindowEndsWhereTheEncoderRestarts(t *testing.T) {
	e := newEdge(t)
	e.set(func() { e.pdt = false })
	g, _ := newRewindRig(t, e.URL+"/live/v.m3u8?token=t1", playback.Rewind{Length: time.Hour, Bytes: 8 << 20})
	g.watch(e, mainList, "/hls/feed/main/", 3)
	require.Len(t, lines(g.get(mainList)), 9)
	e.set(func() { e.first, e.from, e.to = -300, 300, 306 })
	var list string
	require.Eventually(t, func() bool {
		list = g.get(mainList)
		return strings.Contains(list, "#EXT-X-DISCONTINUITY\n")
	}, 30*time.Second, 50*time.Millisecond)
	assert.Len(t, lines(list), 6)
	assert.Equal(t, string(content(300)), g.get("/hls/feed/main/"+lines(list)[0]))
}

// The folder never exceeds its limit, and every listed segment can be fetched.
func TestTheDVRWindowStaysWithinItsBound(t *testing.T) {
	e := newEdge(t)
	size := int64(len(content(100)))
	g, dir := newRewindRig(t, e.URL+"/live/v.m3u8?token=t1", playback.Rewind{Length: time.Hour, Bytes: 9*size + size/2})
	g.watch(e, mainList, "/hls/feed/main/", 8)
	uris := lines(g.get(mainList))
	assert.Less(t, len(uris), 14)
	assert.Greater(t, len(uris), 6)
	for _, uri := range uris {
		g.get("/hls/feed/main/" + uri)
	}
	var sum int64
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		sum += info.Size()
	}
	assert.LessOrEqual(t, sum, 9*size+size/2)
}

// Retained segments keep their keys, init sections, ranges, gaps and discontinuities. Segments that no player fetched are
// fetched before they leave the playlist.
func TestRetainedSegmentsKeepTheirKeysMapsAndRanges(t *testing.T) {
	seg := func(from, n int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n#EXT-X-DISCONTINUITY-SEQUENCE:%d\n", from, max(0, (from-1)/4))
		for i := from; i < from+n; i++ {
			if i%4 == 0 && i > 0 {
				b.WriteString("#EXT-X-DISCONTINUITY\n")
			}
			if i == from || i%4 == 0 {
				fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"k%d?tok\"\n#EXT-X-MAP:URI=\"i%d.mp4?tok\"\n", i/4, i/4)
			}
			if i == 6 {
				b.WriteString("#EXT-X-GAP\n")
			}
			fmt.Fprintf(&b, "#EXT-X-BYTERANGE:10@%d\n#EXTINF:2.0,\nall.mp4?tok\n", 10*i)
		}
		return b.String()
	}
	all := "\x00"
	for i := range 40 {
		all += fmt.Sprintf("segment%02d.", i)
	}
	texts := map[string]string{"/v.m3u8": seg(0, 4), "/all.mp4": all}
	for i := range 8 {
		texts[fmt.Sprintf("/k%d", i)] = strings.Repeat(fmt.Sprint(i), 16)
		texts[fmt.Sprintf("/i%d.mp4", i)] = fmt.Sprintf("\x00init%d", i)
	}
	s := newTextServer(t, texts)
	g, _ := newRewindRig(t, s.URL+"/v.m3u8?tok=1", playback.Rewind{Length: time.Hour, Bytes: 8 << 20})
	g.get(mainList)
	for from := 1; from <= 10; from++ {
		// No player fetches anything, but the two oldest segments are fetched for retention.
		require.Eventually(t, func() bool {
			g.get(mainList)
			return g.proxy.engine.Files.Has(fmt.Sprintf("feed/main/0/0/%d", from-1)) || from-1 == 6
		}, 20*time.Second, 5*time.Millisecond)
		s.put("/v.m3u8", seg(from, 4))
	}
	for i := range 8 { // the upstream does not have them any more
		s.put(fmt.Sprintf("/k%d", i), "gone")
		s.put(fmt.Sprintf("/i%d.mp4", i), "gone")
	}
	list := g.retainedFrom(mainList, "0.mp4")
	noUpstream(t, list)
	want := seg(0, 14)
	m, err := hls.ParseMedia([]byte(list), hls.Env{})
	require.NoError(t, err)
	up, err := hls.ParseMedia([]byte(want), hls.Env{})
	require.NoError(t, err)
	require.Len(t, m.Segments, 14, list)
	for i := range m.Segments {
		a, b := m.Segments[i], up.Segments[i]
		a.URI, b.URI = "", ""
		assert.Equal(t, b, a, "segment %d", i)
	}
	key := 0
	for k, res := range m.Keys { // each applies from the same segment as upstream
		assert.Equal(t, fmt.Sprintf("key-%d", res.From/4*4), res.URI, "key %d", k)
		if res.From < 10 && res.From/4 != 2 {
			assert.Equal(t, strings.Repeat(fmt.Sprint(res.From/4), 16), g.get("/hls/feed/main/"+res.URI))
			key++
		}
	}
	assert.Equal(t, 2, key)
	status, _, body := g.do("/hls/feed/main/3.mp4", "Range", "bytes=30-39")
	assert.Equal(t, 206, status)
	assert.Equal(t, all[30:40], string(body))
}

// An EVENT playlist keeps all its segments, and finally ends: it plays from its first segment to its last under the same
// numbers, also after a restart.
func TestAnEventBecomesARecording(t *testing.T) {
	list := func(n int, end string) string {
		var b strings.Builder
		b.WriteString("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:EVENT\n")
		for i := range n {
			fmt.Fprintf(&b, "#EXTINF:2.0,\ns%d.ts?tok\n", i)
		}
		return b.String() + end
	}
	texts := map[string]string{"/v.m3u8": list(3, "")}
	for i := range 40 {
		texts[fmt.Sprintf("/s%d.ts", i)] = fmt.Sprintf("\x47segment %d", i)
	}
	s := newTextServer(t, texts)
	g, _ := newRewindRig(t, s.URL+"/v.m3u8?tok=1", playback.Rewind{Length: time.Hour, Bytes: 8 << 20})
	for n := 3; n <= 40; n += 7 {
		s.put("/v.m3u8", list(n, ""))
		assert.Len(t, lines(g.get(mainList)), n)
	}
	s.put("/v.m3u8", strings.Replace(list(40, "#EXT-X-ENDLIST\n"), "EVENT", "VOD", 1))
	for range 2 {
		text := g.get(mainList)
		assert.Contains(t, text, "#EXT-X-ENDLIST\n")
		require.Len(t, lines(text), 40)
		for _, i := range []int{0, 17, 39} {
			assert.Equal(t, fmt.Sprintf("\x47segment %d", i), g.get("/hls/feed/main/"+lines(text)[i]))
		}
		g.restart()
	}
}

// A live stream that has ended still lists its last window and the segments retained before it.
func TestALiveStreamThatEndsCanBePlayedToItsEnd(t *testing.T) {
	e := newEdge(t)
	g, _ := newRewindRig(t, e.URL+"/live/v.m3u8?token=t1", playback.Rewind{Length: time.Hour, Bytes: 8 << 20})
	g.watch(e, mainList, "/hls/feed/main/", 3)
	e.set(func() {
		e.serve = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, ".m3u8") {
				return false
			}
			fmt.Fprint(w, e.Playlist("?"+r.URL.RawQuery)+"#EXT-X-ENDLIST\n")
			return true
		}
	})
	text := g.get(mainList)
	assert.Contains(t, text, "#EXT-X-ENDLIST\n")
	require.Len(t, lines(text), 9)
	for i, uri := range lines(text) {
		assert.Equal(t, string(content(100+i)), g.get("/hls/feed/main/"+uri))
	}
}
