package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/assets"
	"gridwall/backend/stream"
)

func TestALongInterstitialKeepsTheAddressOfItsFirstSegment(t *testing.T) {
	const segments = 6000
	var ad strings.Builder
	ad.WriteString("#EXTM3U\n#EXT-X-TARGETDURATION:2\n")
	for i := range segments {
		fmt.Fprintf(&ad, "#EXTINF:2,\ns%d.ts\n", i)
	}
	s := newTextServer(t, map[string]string{
		"/v.m3u8":        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-URI=\"ad/index.m3u8\"\n#EXTINF:2,\ns.ts\n",
		"/ad/index.m3u8": ad.String(),
		"/ad/s0.ts":      "\x47first",
		"/ad/s5999.ts":   "\x47last",
	})
	g := newRig(t, s.URL+"/v.m3u8")
	asset := "/hls/feed/" + strings.TrimPrefix(attribute(t, g.get(mainList), "X-ASSET-URI", 0), "../")
	uris := lines(g.get(asset))
	require.Len(t, uris, segments)
	assert.Equal(t, "\x47first", g.get("/hls/feed/"+uris[0]))
	assert.Equal(t, "\x47last", g.get("/hls/feed/"+uris[segments-1]))
}

// The resources of an interstitial are requested with the current token after the old one expires, after a restart, and
// after both, although a player in the middle of the advertisement reloads no playlist.
func TestAnInterstitialKeepsPlayingAcrossTokenExpiryAndRestart(t *testing.T) {
	for name, happens := range map[string]struct{ expires, restart bool }{
		"the token expired": {expires: true}, "a restart": {restart: true}, "both": {expires: true, restart: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTextServer(t, map[string]string{})
			tok := "1"
			s.handle = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("token") != tok {
					w.WriteHeader(http.StatusForbidden)
					return true
				}
				switch r.URL.Path {
				case "/v.m3u8":
					fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"list?token=%s\"\n#EXTINF:2,\ns.ts?token=%s\n", tok, tok)
				case "/list":
					fmt.Fprintf(w, `{"ASSETS":[{"URI":"http://%s/one?token=%s","DURATION":2}]}`, r.Host, tok)
				case "/one":
					fmt.Fprintf(w, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia?token=%s\n", tok)
				case "/media":
					fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"key?token=%s\"\n#EXT-X-MAP:URI=\"init?token=%s\"\n#EXTINF:2,\na.ts?token=%s\n#EXTINF:2,\nb.ts?token=%s\n", tok, tok, tok, tok)
				case "/key":
					fmt.Fprint(w, "0123456789abcdef")
				default:
					fmt.Fprint(w, "\x47"+r.URL.Path)
				}
				return true
			}
			g := newRig(t, s.URL+"/v.m3u8?token=1")
			g.site.next = func() (string, error) { return s.URL + "/v.m3u8?token=2", nil }
			list := g.get("/hls/feed/" + strings.TrimPrefix(attribute(t, g.get(mainList), "X-ASSET-LIST", 0), "../"))
			one := g.get("/hls/feed/" + attributeJSON(t, list, 0))
			media := g.get("/hls/feed/" + lines(one)[0])
			noUpstream(t, media)
			if happens.restart {
				g.restart()
			}
			if happens.expires {
				s.mu.Lock()
				tok = "2"
				s.mu.Unlock()
			}
			assert.Equal(t, "\x47/b.ts", g.get("/hls/feed/"+lines(media)[1]))
			assert.Equal(t, "\x47/a.ts", g.get("/hls/feed/"+lines(media)[0]))
			assert.Equal(t, "0123456789abcdef", g.get("/hls/feed/"+attribute(t, media, "URI", 0)))
			assert.Equal(t, "\x47/init", g.get("/hls/feed/"+attribute(t, media, "URI", 1)))
			assert.Equal(t, media, g.get("/hls/feed/"+lines(one)[0]), "the addresses stay the same")
			assert.LessOrEqual(t, g.site.count(), 1)
		})
	}
}

// Requests for addresses that appear in no playlist make the proxy read the upstream's playlists once, not each time.
func TestUnknownAddressesDoNotReloadUpstreamPlaylists(t *testing.T) {
	s := newTextServer(t, map[string]string{
		"/v.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-URI=\"ad\"\n#EXTINF:2,\ns.ts\n",
		"/ad":     "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n",
	})
	g := newRig(t, s.URL+"/v.m3u8")
	asset := strings.TrimPrefix(attribute(t, g.get(mainList), "X-ASSET-URI", 0), "../")
	g.get("/hls/feed/" + asset)
	before := len(s.requests())
	for i := range 20 {
		status, _, _ := g.do(fmt.Sprintf("/hls/feed/data-%020d-%s", i, strings.TrimPrefix(asset, "data-")))
		assert.Equal(t, http.StatusNotFound, status)
		status, _, _ = g.do(fmt.Sprintf("/hls/feed/data-%020d", i))
		assert.Equal(t, http.StatusNotFound, status)
	}
	assert.LessOrEqual(t, len(s.requests())-before, 4)
}

// An ad server chooses the clips of its list at each request. A list that a player has received stays playable to its end,
// even if that takes minutes, and is forgotten afterwards.
func TestAnAssetListThatChangesOnEachReadPlaysToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads, over atomic.Int64
		b := upstreamBubble(t, func(*cdn) http.RoundTripper {
			return answers(func(req *http.Request) (*http.Response, error) {
				text := "\x47" + req.URL.Path
				switch path := req.URL.Path; {
				case path == "/live/v.m3u8":
					n := time.Now().Unix() / 2
					text = fmt.Sprintf("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:%d\n", n)
					if over.Load() == 0 {
						text += "#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"list\"\n"
					}
					text += fmt.Sprintf("#EXTINF:2,\ns%d.ts\n", n)
				case path == "/live/list":
					n := reads.Add(1)
					text = fmt.Sprintf(`{"ASSETS":[{"URI":"ad%d.m3u8","DURATION":180},{"URI":"next%d.m3u8","DURATION":180}]}`, n, n)
				case strings.HasSuffix(path, ".m3u8"):
					text = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n"
					for i := range 30 {
						text += fmt.Sprintf("#EXTINF:6,\n%s-%d-%d.ts\n", strings.TrimSuffix(path, ".m3u8"), reads.Load(), i)
					}
				}
				return answer(req, http.StatusOK, int64(len(text)), strings.NewReader(text)), nil
			})
		})
		list := b.get("/hls/feed/" + strings.TrimPrefix(attribute(t, b.get(mainList).body, "X-ASSET-LIST", 0), "../")).body
		for asset := range 2 {
			media := lines(b.get("/hls/feed/" + attributeJSON(t, list, asset)).body)
			require.Len(t, media, 30)
			for i, path := range media {
				g := b.get("/hls/feed/" + path)
				require.Equal(t, http.StatusOK, g.status, "asset %d, %d: %s", asset, i, g.body)
				if i%3 == 0 {
					b.get(mainList)
				}
				if i == 10 {
					over.Store(1) // the date range leaves the playlist while its assets play
					up, _ := b.site.Current("")
					_, err := b.site.Renew(t.Context(), "feed", stream.Refusal{Generation: up.Generation})
					require.NoError(t, err)
				}
				time.Sleep(6 * time.Second)
			}
		}
		assert.LessOrEqual(t, reads.Load(), int64(3), "one read per token, at most")
		f, err := b.proxy.engine.Stream("feed")
		require.NoError(t, err)
		time.Sleep(3 * assets.Idle)
		assert.Zero(t, f.Assets.Len(), "assets that no longer play are forgotten")
		b.close()
	})
}
