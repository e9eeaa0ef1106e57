//go:build !race

package proxy

import (
	"fmt"
	"gridwall/backend/stream"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADVRPlaylistWithAdsDoesNotFillTheMemory(t *testing.T) {
	g := newMemoryRig(t, "http://127.0.0.1/v.m3u8", func(_ string, n int) string {
		at := time.Date(2026, 11, 27, 14, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute).Format(time.RFC3339)
		return dvr(100, 100, fmt.Sprintf("#EXT-X-DATERANGE:ID=\"ad%d\",CLASS=\"com.apple.hls.interstitial\",START-DATE=\"%s\",X-ASSET-URI=\"http://127.0.0.1/ads/%d/index.m3u8\"\n#EXT-X-VENDOR:http://127.0.0.1/beacon/%d\n", n, at, n, n))
	})
	grown := grows(60, func() { require.Equal(t, http.StatusOK, g.status(mainList)) })
	assert.Less(t, grown, int64(5*mb))
}

func TestAnExpiredSegmentDoesNotKeepItsPlaylistInMemory(t *testing.T) {
	g := newMemoryRig(t, "http://127.0.0.1/v.m3u8", func(path string, n int) string {
		if path != "/v.m3u8" { // a prefetched key
			return "0123456789abcdef"
		}
		k := fmt.Sprintf("#EXT-X-KEY:METHOD=AES-128,URI=\"key%d\"\n#EXT-X-MAP:URI=\"init%d.mp4\"\n", n, n)
		return dvr(100+n, 100, k) + fmt.Sprintf("#EXT-X-KEY:METHOD=AES-128,URI=\"last%d\"\n#EXT-X-MAP:URI=\"last%d.mp4\"\n#EXTINF:4,\nlast%d.ts\n", n, n, n)
	})
	grown := grows(60, func() { require.Equal(t, http.StatusOK, g.status(mainList)) })
	assert.Less(t, grown, int64(5*mb))
}

func TestAudioRenditionsThatKeepChangingDoNotFillTheMemory(t *testing.T) {
	pad := strings.Repeat("y", 50_000)
	g := newMemoryRig(t, "http://127.0.0.1/master.m3u8", func(path string, n int) string {
		if path != "/master.m3u8" {
			k := fmt.Sprintf("#EXT-X-KEY:METHOD=AES-128,URI=\"key%d\"\n", n)
			return dvr(100+n, 100, k) // segments that left, and their keys, must not retain the multivariant playlist either
		}
		var b strings.Builder
		b.WriteString("#EXTM3U\n")
		for v := range 20 {
			fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d000000,RESOLUTION=%dx%d,AUDIO=\"a\",X-PAD=\"%s\"\nv%d.m3u8?token=%d\n", v+1, 160*(v+1), 90*(v+1), pad, v, n)
		}
		fmt.Fprintf(&b, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",LANGUAGE=\"q%d\",NAME=\"Commentator %d\",URI=\"a%d.m3u8?token=t\"\n", n, n, n)
		return b.String()
	})
	grown := grows(100, func() {
		if f, err := g.proxy.engine.Stream("feed"); assert.NoError(t, err) {
			_, err := f.Load(t.Context(), stream.Upstream{URL: "http://127.0.0.1/master.m3u8", Generation: 1}, time.Now()) // as if the cached one had expired
			require.NoError(t, err)
		}
		require.Equal(t, http.StatusOK, g.status("/hls/feed/index.m3u8"))
		require.Equal(t, http.StatusOK, g.status("/hls/feed/1080p-12000k/index.m3u8"))
	})
	assert.Less(t, grown, int64(5*mb))
}
