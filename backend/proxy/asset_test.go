package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALongInterstitialKeepsTheAddressOfItsFirstSegment(t *testing.T) {
	const segments = 6000
	var ad strings.Builder
	ad.WriteString("#EXTM3U\n#EXT-X-TARGETDURATION:2\n")
	for i := range segments {
		fmt.Fprintf(&ad, "#EXTINF:2,\ns%d.ts\n", i)
	}
	s := newShelfServer(t, map[string]string{
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

// What an interstitial names is asked for under the token of the day, too: after the token's death, after a restart, and
// after both. The player is in the middle of the advertisement, and reloads no playlist meanwhile.
func TestAnInterstitialPlaysOnWithAFreshTokenAndAfterARestart(t *testing.T) {
	for name, happens := range map[string]struct{ dies, restart bool }{
		"the token died": {dies: true}, "a restart": {restart: true}, "both": {dies: true, restart: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelfServer(t, map[string]string{})
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
			if happens.dies {
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

// Anyone who asks for addresses that nothing names makes the upstream's playlists be read once, not each time.
func TestUnknownAddressesCostTheUpstreamNothing(t *testing.T) {
	s := newShelfServer(t, map[string]string{
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
