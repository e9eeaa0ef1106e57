package proxy

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/backend/timeline"
)

// Regression: each report was compared with the address of each rendition, and 100,000 of them took two minutes.
func TestReportCostDoesNotDependOnTheNumberOfRenditions(t *testing.T) {
	write := func(renditions int) func() string {
		var root, media strings.Builder
		root.WriteString("#EXTM3U\n")
		for i := range renditions {
			fmt.Fprintf(&root, "#EXT-X-STREAM-INF:BANDWIDTH=%d\nv%d.m3u8?token=%032d\n", 1000*(i+1), i, i)
		}
		media.WriteString(edgeHead + segments("1"))
		for i := range 2 * hls.MaxReports {
			fmt.Fprintf(&media, "#EXT-X-RENDITION-REPORT:URI=\"v%d.m3u8?token=%032d\",LAST-MSN=1\n", i%90, i)
		}
		s := newReloading(t, map[string][]string{"/m.m3u8": {root.String()}})
		list := s.texts
		for i := range 90 {
			list[fmt.Sprintf("/v%d.m3u8", i)] = []string{media.String()}
		}
		g := newRig(t, s.URL+"/m.m3u8")
		g.get("/hls/feed/1k/index.m3u8")
		f, err := g.proxy.engine.Stream("feed")
		require.NoError(t, err)
		r := f.Rendition("1k")
		shot := r.Current()
		return func() string {
			r.Timeline.Update(&timeline.Playlist{Media: shot.Media, Parent: shot.Parent, At: time.Now()}, shot.Generation, timeline.Sibling{}) // not rendered yet
			return string(f.RenderPlaylist(r, r.Current(), timeline.Addressing{}))
		}
	}
	few, many := write(90), write(900)
	assert.Equal(t, hls.MaxReports, strings.Count(many(), "RENDITION-REPORT:URI=\"../"), "the excess is left out")
	least := func(write func() string) float64 { // the rest of the process allocates as well
		n := math.Inf(1)
		for range 10 {
			n = min(n, testing.AllocsPerRun(1, func() { write() }))
		}
		return n
	}
	assert.InEpsilon(t, least(few), least(many), 0.1)
}
