package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// A playlist that is read while the packager writes it is incomplete or empty.
func TestAHalfWrittenPlaylistIsNotShownToPlayers(t *testing.T) {
	for _, half := range []string{
		"\x00\x00\x00\x00", "\xff\xfe", "\xef\xbb", "#", "#EXT", "#EXTM3", "# made by hand\n", "#EXTM3U", "#extm3u\n#ext-x-version:3\n", "304", "204",
		"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"i.mp4\"\n",
		"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESO", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720\n",
		"#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",URI=\"a.m3u8\"\n", "#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"i.m3u8\"\n",
	} {
		for _, at := range [][2]string{{"v.m3u8", "v.m3u8"}, {"master.m3u8", "master.m3u8"}, {"master.m3u8", "v720.m3u8"}} {
			t.Run(fmt.Sprintf("%q for %s of %s", half, at[1], at[0]), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPlayer(t, at[0], func(path, token string, since time.Duration) (int, string) {
						switch {
						case path != at[1] || since < 10*time.Second || since >= 13*time.Second:
						case half == "304" || half == "204":
							return map[string]int{"304": 304, "204": 204}[half], ""
						default:
							return 200, half
						}
						if path == "master.m3u8" {
							return 200, fmt.Sprintf(multivariant, token)
						}
						return 200, windowTo(100+int(since/(2*time.Second)), token)
					})
					defer p.close()
					p.keepsPlaying(t, at[0] == "master.m3u8")
					assert.Zero(t, p.site.count())
				})
			})
		}
	}
}

// A playlist that clearly belongs to another stream is a sign of an expired token, and is not shown.
func TestAnUnrelatedPlaylistDoesNotEndALiveStream(t *testing.T) {
	slate := strings.Replace(decoy, "#EXT-X-ENDLIST\n", "", 1)
	for name, tc := range map[string]struct {
		instead string
		places  []string
	}{
		"a recording without an end": {slate + "#EXT-X-PLAYLIST-TYPE:VOD\n", []string{"v.m3u8", "master.m3u8", "v720.m3u8", "all"}},
		"a live one":                 {slate, []string{"master.m3u8"}},
		"in lower case":              {strings.ToLower(decoy), []string{"v.m3u8", "master.m3u8", "v720.m3u8", "all"}},
		"with a multivariant playlist of its own": {"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/static/slate.m3u8\n",
			[]string{"v.m3u8", "master.m3u8", "v720.m3u8", "all"}},
	} {
		for _, place := range tc.places {
			t.Run(name+" for "+place, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					first := "master.m3u8"
					if place == "v.m3u8" {
						first = place
					}
					p := newPlayer(t, first, func(path, token string, since time.Duration) (int, string) {
						switch {
						case path == "slate.m3u8":
							return 200, decoy
						case (path == place || place == "all") && token == "t1" && since > 20*time.Second:
							return 200, tc.instead
						case path == "master.m3u8":
							return 200, fmt.Sprintf(multivariant, token)
						}
						return 200, windowTo(100+int(since/(2*time.Second)), token)
					})
					defer p.close()
					for range 60 {
						status, body := p.get("/hls/feed/index.m3u8")
						if first == "master.m3u8" {
							assert.Equal(t, []string{"720p-2000k/index.m3u8"}, lines(body), time.Since(p.began))
							status, body = p.get("/hls/feed/720p-2000k/index.m3u8")
						}
						assert.Equal(t, http.StatusOK, status, body)
						assert.NotContains(t, strings.ToUpper(body), "#EXT-X-ENDLIST")
						assert.Len(t, lines(body), 5, time.Since(p.began))
						time.Sleep(time.Second)
					}
					assert.Equal(t, 1, p.site.count())
				})
			})
		}
	}
}

// A ladder that changes under the same token still belongs to the stream if its folder or one of its qualities is the same.
func TestAChangedLadderCostsNoRenewal(t *testing.T) {
	for name, after := range map[string]string{
		"other qualities in the same folder": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=3840x2160\nv2160.m3u8\n",
		"the same quality elsewhere":         "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720\nhttp://127.0.0.1/b/v720.m3u8\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlayer(t, "master.m3u8", func(path, token string, since time.Duration) (int, string) {
					switch {
					case path == "master.m3u8" && since > 5*time.Second:
						return 200, after
					case path == "master.m3u8":
						return 200, fmt.Sprintf(multivariant, token)
					}
					return 200, windowTo(100+int(since/(2*time.Second)), token)
				})
				defer p.close()
				for range 10 {
					status, body := p.get("/hls/feed/index.m3u8")
					assert.Equal(t, http.StatusOK, status, body)
					assert.Len(t, lines(body), 1)
					time.Sleep(time.Second)
				}
				assert.Zero(t, p.site.count())
			})
		})
	}
}

// A multivariant playlist without variants, or whose variant is another multivariant playlist, leads to a clear error.
func TestAMultivariantPlaylistWithoutVariantsIsReported(t *testing.T) {
	const nothing = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",URI=\"a.m3u8\"\n"
	s := newTextServer(t, map[string]string{"/m.m3u8": nothing})
	g := newRig(t, s.URL+"/m.m3u8")
	status, _, body := g.do("/hls/feed/index.m3u8")
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, string(body), "answered a multivariant playlist that lists no stream: an #EXT-X-STREAM-INF with an address is missing")
	s.put("/m.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360\nm.m3u8\n")
	list := lines(g.get("/hls/feed/index.m3u8"))
	status, _, body = g.do("/hls/feed/" + list[0])
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, string(body), "answered a multivariant playlist instead of a media playlist")
	s.put("/d.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ndata:application/vnd.apple.mpegurl,%23EXTM3U\n")
	assert.Contains(t, newRig(t, s.URL+"/d.m3u8").get("/hls/feed/index.m3u8"), "\ndata:")
	assert.Zero(t, g.site.count())
}
