package proxy

import (
	"fmt"
	"gridwall/backend/playback"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A client that requests every rendition of a long multivariant playlist does not make the proxy keep all their playlists.
// Renditions whose playlist was released continue with the same numbers.
func TestAStreamKeepsOnlyItsMostRecentPlaylists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		rt := answers(func(req *http.Request) (*http.Response, error) {
			var b strings.Builder
			b.WriteString("#EXTM3U\n")
			if strings.HasSuffix(req.URL.Path, "v.m3u8") {
				for i := range 100 {
					fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d00000\nr%d.m3u8\n", i+1, i)
				}
			} else if strings.HasSuffix(req.URL.Path, ".ts") {
				return answer(req, http.StatusOK, -1, strings.NewReader("\x47media")), nil
			} else {
				n := 100 + int(time.Since(start)/(2*time.Second))
				fmt.Fprintf(&b, "#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", n)
				for i := range 6 {
					fmt.Fprintf(&b, "#EXTINF:2,\ns%d.ts\n", n+i)
				}
			}
			return answer(req, http.StatusOK, int64(b.Len()), strings.NewReader(b.String())), nil
		})
		b := &bubble{t: t, cdn: newCDN()}
		b.site = newSlowSite(b.cdn)
		b.proxy = New(playback.Options{Streams: b.site, Transports: tripper{rt}, Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 8 << 20, Log: slog.New(slog.DiscardHandler)})
		all := lines(b.get("/hls/feed/index.m3u8").body)
		require.Len(t, all, 100)
		before := map[string]string{}
		for _, path := range all {
			g := b.get("/hls/feed/" + path)
			require.Equal(t, http.StatusOK, g.status)
			before[path] = g.body
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second + time.Millisecond) // playlists are dropped each second
		f, err := b.proxy.engine.Stream("feed")
		require.NoError(t, err)
		held := 0
		for _, path := range all {
			if f.Rendition(strings.TrimSuffix(path, "/index.m3u8")).Current() != nil {
				held++
			}
		}
		assert.Equal(t, playback.MaxListings, held)
		time.Sleep(4 * time.Second)
		g := b.get("/hls/feed/" + all[0])
		assert.Equal(t, "102", tagValue(g.body, "#EXT-X-MEDIA-SEQUENCE"), g.body)
		assert.NotContains(t, g.body, "DISCONTINUITY")
		assert.Equal(t, http.StatusOK, b.get(strings.TrimSuffix("/hls/feed/"+all[1], "index.m3u8")+"103.ts").status, "the segments of a released playlist are served")
		b.close()
	})
}
