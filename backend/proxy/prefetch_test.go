package proxy

import (
	"fmt"
	"gridwall/backend/playback"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// next advances the edge's window by one segment.
func (e *edge) next() { e.set(func() { e.from, e.to = e.from+1, e.to+1 }) }

// quiet waits until no prefetch is running.
func (g *rig) quiet() {
	g.t.Helper()
	require.Eventually(g.t, func() bool { return len(g.proxy.engine.Prefetches) == 0 }, 10*time.Second, time.Millisecond)
}

func (g *rig) main() *playback.Rendition {
	g.t.Helper()
	f, err := g.proxy.engine.Stream("feed")
	require.NoError(g.t, err)
	return f.Rendition("main")
}

func TestTheNewestSegmentIsPrefetched(t *testing.T) {
	e := newEdge(t)
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.get(mainList)
	for n := 105; n < 108; n++ {
		g.get(segmentPath(n))
		e.next()
		g.get(mainList) // lists n+1
		require.Eventually(t, func() bool { return e.count(segmentOf(n+1)) == 1 }, 10*time.Second, time.Millisecond)
	}
	g.quiet()
	g.get(segmentPath(108))
	assert.Equal(t, 1, e.count(segmentOf(108)), "the player's request uses the prefetched segment")
	assert.Zero(t, e.count(segmentOf(101)), "older segments are not prefetched")
}

func TestNothingIsPrefetchedWithoutAViewerAtTheLiveEdge(t *testing.T) {
	for name, prepare := range map[string]func(g *rig){
		"no segment was requested": func(*rig) {},
		"the viewer has paused": func(g *rig) {
			g.get(segmentPath(105))
			g.main().Interest.At.Store(time.Now().Add(-time.Minute).UnixNano())
		},
		"the viewer has rewound": func(g *rig) { g.get(segmentPath(100)) },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
			g.get(mainList)
			prepare(g)
			e.next()
			g.get(mainList)
			g.quiet()
			assert.Zero(t, e.count(segmentOf(106)))
		})
	}
}

// An edge may list a segment a moment before it has it. A prefetch may then get a 404 that the player would not have got.
func TestAPrefetchThatFindsNoSegmentCostsNoRenewal(t *testing.T) {
	e := newEdge(t)
	missing := true
	e.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if missing && strings.HasSuffix(r.URL.Path, "seg106.ts") {
			w.WriteHeader(http.StatusNotFound)
			return true
		}
		return false
	}
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.get(mainList)
	g.get(segmentPath(105))
	e.next()
	g.get(mainList)
	require.Eventually(t, func() bool { return e.count(segmentOf(106)) == 1 }, 10*time.Second, time.Millisecond)
	g.quiet()
	assert.Zero(t, g.site.count(), "nothing was renewed")
	e.set(func() { missing = false })
	assert.Equal(t, string(content(106)), g.get(segmentPath(106)))
	assert.Zero(t, g.site.count())
}

func segmentPath(n int) string { return fmt.Sprintf("/hls/feed/main/%d.ts", n) }
func segmentOf(n int) string   { return fmt.Sprintf("/live/seg%d.ts", n) }

// An edge lists a segment a moment before it has it, a player joins the prefetch, and the edge then cuts the response off and
// fails again. That must neither block the segment's readers indefinitely nor keep the program from exiting.
func TestABrokenPrefetchHangsNeitherReadersNorShutdown(t *testing.T) {
	for name, fails := range map[string]func(n int) bool{
		"the edge recovers":   func(n int) bool { return n < 4 },
		"the edge stays down": func(int) bool { return true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBubble(t)
				time.Sleep(39 * time.Second)
				require.Equal(t, http.StatusOK, b.get(mainList).status)
				require.Equal(t, http.StatusOK, b.get("/hls/feed/main/119.m4s").status)
				var tries atomic.Int64
				b.cdn.set(func() {
					b.cdn.delay = func(path string) time.Duration {
						if path == "seg120.m4s" {
							return 100 * time.Millisecond
						}
						return 0
					}
					b.cdn.fails = func(path string) bool {
						if path != "seg120.m4s" {
							return false
						}
						n := int(tries.Add(1))
						return n != 2 && fails(n) // the second answer, the player's, begins
					}
					b.cdn.breaks = func(path string, size int) int {
						if path == "seg120.m4s" && tries.Load() == 2 {
							return size / 2
						}
						return -1
					}
				})
				time.Sleep(2 * time.Second)
				require.Equal(t, http.StatusOK, b.get(mainList).status) // lists 120, which is prefetched
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						g := b.get("/hls/feed/main/120.m4s")
						assert.Less(t, g.took, 20*time.Second)
						if name == "the edge recovers" {
							assert.Equal(t, http.StatusOK, g.status)
							assert.Equal(t, expectedContent("120.m4s"), g.body)
						}
					})
				}
				wg.Wait()
				b.close()
			})
		})
	}
}
