package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkContents fetches every segment that the playlist lists and returns the media index of each segment number.
func checkContents(t *testing.T, g *rig, dir, playlist string) map[int64]int {
	t.Helper()
	contents := map[int64]int{}
	for _, uri := range lines(playlist) {
		var msn int64
		_, err := fmt.Sscanf(uri, "%d.ts", &msn)
		require.NoError(t, err)
		var i int
		_, err = fmt.Sscanf(g.get(dir+uri), "\x47media %d", &i)
		require.NoError(t, err)
		contents[msn] = i
	}
	return contents
}

// A renewal leads to an edge that numbers its segments differently. Dates or names identify the segments, and each keeps the
// number that the player knows.
func TestRenewalKeepsSegmentNumbers(t *testing.T) {
	for name, tc := range map[string]struct {
		pdt    bool
		rename bool
	}{"by date": {pdt: true, rename: true}, "by name": {pdt: false}} {
		t.Run(name, func(t *testing.T) {
			a, b := newEdge(t), newEdge(t)
			a.pdt, b.pdt = tc.pdt, tc.pdt
			a.disc, b.disc = 4, 9
			b.token, b.first, b.from, b.to = "t2", 5000, 103, 109
			if tc.rename {
				b.path = func(i int) string { return fmt.Sprintf("other/seg%d.ts?token=t2", i) }
			}
			g := newRig(t, a.URL+"/live/v.m3u8?token=t1")
			g.site.next = func() (string, error) { return b.URL + "/live/v.m3u8?token=t2", nil }
			before := checkContents(t, g, "/hls/feed/main/", g.get(mainList))
			a.set(func() { a.token = "expired" })
			list := g.get(mainList)
			assert.Equal(t, "103", tagValue(list, "#EXT-X-MEDIA-SEQUENCE"))
			assert.Equal(t, "4", tagValue(list, "#EXT-X-DISCONTINUITY-SEQUENCE"))
			assert.NotContains(t, list, "#EXT-X-DISCONTINUITY\n")
			after := checkContents(t, g, "/hls/feed/main/", list)
			for msn, i := range before {
				if j, ok := after[msn]; ok {
					assert.Equal(t, i, j, "number %d", msn)
				}
			}
			assert.Equal(t, 108, after[108])
			assert.Equal(t, 1, g.site.count())

			g.restart() // the offset is persisted
			b.set(func() { b.from, b.to = 104, 110 })
			g.site.up.URL = b.URL + "/live/v.m3u8?token=t2"
			assert.Equal(t, 109, checkContents(t, g, "/hls/feed/main/", g.get(mainList))[109])
		})
	}
}

// A killed process leaves only its last record. If a playlist's window is short, a record that is some seconds old matches none
// of its segments, and a change of the edge's numbering would go unnoticed.
func TestSegmentNumbersSurviveAKillWithAShortWindow(t *testing.T) {
	a, b := newEdge(t), newEdge(t)
	b.token, b.first = "t2", 5000
	g := newRig(t, a.URL+"/live/v.m3u8?token=t1")
	g.get(mainList)
	require.NoError(t, g.proxy.engine.Save(true))
	for i := 101; i <= 109; i++ {
		a.set(func() { a.from, a.to = i, i+6 })
		g.get(mainList)
		require.NoError(t, g.proxy.engine.Save(false)) // as it does each second
	}
	left, err := g.store.Load("feed")
	require.NoError(t, err)

	g.stop()
	require.NoError(t, g.store.Save("feed", left)) // a killed process does not write on exit
	b.from, b.to = 111, 117
	g.site.up.URL = b.URL + "/live/v.m3u8?token=t2"
	g.start()
	list := g.get(mainList)
	assert.Equal(t, "111", tagValue(list, "#EXT-X-MEDIA-SEQUENCE"))
	assert.NotContains(t, list, "#EXT-X-DISCONTINUITY")
}

func TestUnrelatedNumberingContinuesAfterADiscontinuity(t *testing.T) {
	a, b := newEdge(t), newEdge(t)
	a.pdt, b.pdt = false, false
	b.token, b.first, b.from, b.to = "t2", 5000, 300, 306
	b.path = func(i int) string { return fmt.Sprintf("x/seg%d.ts?token=t2", i) }
	g := newRig(t, a.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return b.URL + "/live/v.m3u8?token=t2", nil }
	g.get(mainList)
	a.set(func() { a.token = "expired" })
	list := g.get(mainList)
	assert.Equal(t, 1, strings.Count(list, "#EXT-X-DISCONTINUITY\n"))
	uris := lines(list)
	assert.Equal(t, "106.ts", uris[len(uris)-1], "the first number that the player does not know")
	assert.Less(t, strings.Index(list, "#EXT-X-DISCONTINUITY\n"), strings.Index(list, "106.ts"))
	assert.Equal(t, 305, checkContents(t, g, "/hls/feed/main/", list)[106])

	b.set(func() { b.from, b.to = 306, 312 }) // the discontinuity leaves the window but is still counted
	list = g.get(mainList)
	assert.NotContains(t, list, "#EXT-X-DISCONTINUITY\n")
	assert.Equal(t, "1", tagValue(list, "#EXT-X-DISCONTINUITY-SEQUENCE"))
	assert.Equal(t, 311, checkContents(t, g, "/hls/feed/main/", list)[112])
}

// An encoder restarts: the same names and small numbers, but other content.
func TestARestartedEncoderStartsANewEpoch(t *testing.T) {
	e := newEdge(t)
	epoch := 0
	e.first, e.from, e.to = -100, 100, 106
	e.path = func(i int) string { return fmt.Sprintf("s%d.ts", i-100) }
	e.token = ""
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/live/s%d.ts", &n); err != nil {
			return false
		}
		fmt.Fprintf(w, "\x47media %d\x00", 1000*epoch+n)
		return true
	}
	g := newRig(t, e.URL+"/live/v.m3u8")
	assert.Equal(t, 5, checkContents(t, g, "/hls/feed/main/", g.get(mainList))[5])
	e.set(func() {
		epoch = 1
		e.to = 103
		e.path = func(i int) string { return fmt.Sprintf("s%d.ts", i-100) }
	})
	// The dates show that this is not a lagging edge.
	e.set(func() {
		e.first = -200
		e.from, e.to = 200, 203
		e.path = func(i int) string { return fmt.Sprintf("s%d.ts", i-200) }
	})
	list := g.get(mainList)
	assert.Equal(t, 1, strings.Count(list, "#EXT-X-DISCONTINUITY\n"))
	assert.Equal(t, map[int64]int{6: 1000, 7: 1001, 8: 1002}, checkContents(t, g, "/hls/feed/main/", list))
}

// A player leaves a quality and returns to it later, twice: the segments of the playlists that were seen are not contiguous
// with the newest one.
func TestReturningToAQualityAfterGapsPlays(t *testing.T) {
	for name, pdt := range map[string]bool{"dated": true, "undated": false} {
		t.Run(name, func(t *testing.T) {
			a := newEdge(t)
			a.pdt = pdt
			g := newRig(t, a.URL+"/live/v.m3u8?token=t1")
			for _, from := range []int{100, 101, 150, 151, 170, 300} {
				a.set(func() { a.from, a.to = from, from+6 })
				g.get(mainList)
			}
			assert.Equal(t, "300", tagValue(g.get(mainList), "#EXT-X-MEDIA-SEQUENCE"))
			assert.Equal(t, 303, checkContents(t, g, "/hls/feed/main/", g.get(mainList))[303])
		})
	}
}

func TestALaggingEdgeDoesNotMoveThePlaylistBack(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.get(mainList)
	e.set(func() { e.from, e.to = 98, 104 })
	assert.Equal(t, "105.ts", lines(g.get(mainList))[5])
	e.set(func() { e.from, e.to = 101, 107 })
	assert.Equal(t, "106.ts", lines(g.get(mainList))[5])
}

func TestOpaqueNamesThatChangeOnEachReloadStartNoNewEpoch(t *testing.T) {
	e := newEdge(t)
	e.pdt = false
	reload := 0
	e.path = func(i int) string { return fmt.Sprintf("%x/seg%d.ts?token=%s", i*7919+reload*104729, i, e.token) }
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t2", nil }
	for reload < 4 {
		list := g.get(mainList)
		assert.NotContains(t, list, "DISCONTINUITY")
		assert.Equal(t, fmt.Sprintf("%d.ts", 100+reload), lines(list)[0])
		e.set(func() {
			reload++
			e.from++
			e.to++
			if reload == 2 {
				e.token = "t2"
			}
		})
	}
	assert.Equal(t, 1, g.site.count())
}

func TestAnImplicitIVUsesTheUpstreamsSegmentNumber(t *testing.T) {
	a, b := newEdge(t), newEdge(t)
	a.key, b.key = "key", "key"
	b.token, b.first, b.from, b.to = "t2", 5000, 103, 109
	g := newRig(t, a.URL+"/live/v.m3u8?token=t1")
	g.site.next = func() (string, error) { return b.URL + "/live/v.m3u8?token=t2", nil }
	list := g.get(mainList)
	assert.NotContains(t, list, "IV=")
	a.set(func() { a.token = "expired" })
	list = g.get(mainList)
	assert.Contains(t, list, fmt.Sprintf("IV=0x%032X", 5103))
	assert.Contains(t, list, fmt.Sprintf("IV=0x%032X", 5108))
	assert.Contains(t, list, `URI="key-100"`, "the key applies since 100, although the window begins at 103")
	assert.Equal(t, "0123456789abcdef", g.get("/hls/feed/main/key-100"))
}

func TestKeysKeepTheirNamesAcrossARestart(t *testing.T) {
	e := newEdge(t)
	keys := func(from int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", from)
		for i := from; i < from+6; i++ {
			if i == from || i%4 == 0 {
				fmt.Fprintf(&b, "#EXT-X-KEY:METHOD=AES-128,URI=\"k%d?token=%s\"\n", i/4, e.token)
			}
			fmt.Fprintf(&b, "#EXTINF:2,\nseg%d.ts?token=%s\n", i, e.token)
		}
		return b.String()
	}
	from := 100
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		var k int
		switch {
		case strings.HasSuffix(r.URL.Path, "v.m3u8"):
			fmt.Fprint(w, keys(from))
		case strings.Contains(r.URL.Path, "/k"):
			_, _ = fmt.Sscanf(r.URL.Path, "/live/k%d", &k)
			fmt.Fprintf(w, "key %012d", k)
		default:
			return false
		}
		return true
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	list := g.get(mainList)
	assert.Contains(t, list, `"key-100"`)
	assert.Contains(t, list, `"key-104"`)
	e.set(func() { from = 102 })
	assert.Contains(t, g.get(mainList), `"key-100"`, "it applies since 100")
	g.restart()
	e.set(func() { from = 103; e.token = "t1" })
	assert.Equal(t, "key 000000000025", g.get("/hls/feed/main/key-100"))
	assert.Equal(t, "key 000000000026", g.get("/hls/feed/main/key-104"))
	assert.Contains(t, g.get(mainList), `"key-100"`)
}
