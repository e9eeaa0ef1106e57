package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// next lets the edge have one more segment.
func (e *edge) next() { e.set(func() { e.from, e.to = e.from+1, e.to+1 }) }

// quiet waits until nothing is fetched ahead any more.
func (g *rig) quiet() {
	g.t.Helper()
	require.Eventually(g.t, func() bool { return len(g.proxy.prefetches) == 0 }, 10*time.Second, time.Millisecond)
}

func (g *rig) main() *rendition {
	g.t.Helper()
	f, err := g.proxy.feed("feed")
	require.NoError(g.t, err)
	return f.rendition("main")
}

func TestTheNewestSegmentIsThereBeforeThePlayerAsks(t *testing.T) {
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
	assert.Equal(t, 1, e.count(segmentOf(108)), "the player's request finds what was fetched ahead")
	assert.Zero(t, e.count(segmentOf(101)), "nobody asked for the older ones")
}

func TestNothingIsFetchedAheadForWhoDoesNotPlayAtTheEdge(t *testing.T) {
	for name, prepare := range map[string]func(g *rig){
		"nobody has asked for a segment": func(*rig) {},
		"the viewer has paused": func(g *rig) {
			g.get(segmentPath(105))
			g.main().interest.at.Store(time.Now().Add(-time.Minute).UnixNano())
		},
		"the viewer watches the past": func(g *rig) { g.get(segmentPath(100)) },
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

// An edge may list a segment a moment before it has it. The player would ask later, and find it there.
func TestASegmentThatIsNotThereYetCostsNoToken(t *testing.T) {
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
