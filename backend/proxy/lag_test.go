package proxy

import (
	"fmt"
	"gridwall/backend/fetch"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lateEdge answers 404 for a segment until the delay that late returns has passed since the segment was listed. If open is
// set, it serves its playlist whatever the token.
type lateEdge struct {
	*cdn
	open bool
	// late returns how long a segment is missing under a token; negative: always.
	late func(index int, token string) time.Duration
}

func (l *lateEdge) RoundTrip(req *http.Request) (*http.Response, error) {
	path := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
	token := req.URL.Query().Get("token")
	if l.open && strings.HasSuffix(path, ".m3u8") {
		text := l.Playlist("?token=" + token)
		return answer(req, http.StatusOK, int64(len(text)), strings.NewReader(text)), nil
	}
	var i int
	if n, _ := fmt.Sscanf(path, "seg%d.m4s", &i); n == 1 && l.late != nil {
		late := l.late(i, token)
		listed := l.began.Add(time.Duration(i-100) * 2 * time.Second)
		l.mu.Lock()
		good := token == l.token
		l.mu.Unlock()
		if good && (late < 0 || time.Since(listed) < late) {
			return answer(req, http.StatusNotFound, 0, strings.NewReader("")), nil
		}
	}
	return l.cdn.RoundTrip(req)
}

func lateBubble(t *testing.T, l *lateEdge) *bubble {
	return upstreamBubble(t, func(c *cdn) http.RoundTripper { l.cdn = c; return l })
}

func (b *bubble) newestPath() string { return fmt.Sprintf("/hls/feed/main/%d.m4s", b.cdn.newest()) }

func (b *bubble) runs() int {
	b.site.mu.Lock()
	defer b.site.mu.Unlock()
	return b.site.runs
}

// The fresh token leads to another edge of the CDN, whose playlist lists the newest segment a moment before that edge has
// it. The player's request waits and is not answered 404.
func TestAfterARenewalTheNewestSegmentIsAwaited(t *testing.T) {
	for name, x := range map[string]struct {
		takes, late time.Duration
		want        int
	}{
		"at once":            {0, 1500 * time.Millisecond, 200},
		"after a slow run":   {3 * time.Second, 5500 * time.Millisecond, 200},
		"after a slower run": {6500 * time.Millisecond, 7500 * time.Millisecond, 503}, // the player retries
		"too late":           {time.Second, 5 * time.Second, 404},
		"never":              {time.Second, -1, 404},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &lateEdge{late: func(i int, token string) time.Duration {
					if token != "t1" && i == 120 {
						return x.late
					}
					return 0
				}}
				b := lateBubble(t, l)
				b.site.takes = func() time.Duration { return x.takes }
				time.Sleep(40 * time.Second)
				require.Equal(t, http.StatusOK, b.get(mainList).status)
				b.cdn.set(func() { b.cdn.token = "" })
				g := b.get("/hls/feed/main/120.m4s")
				assert.Equal(t, x.want, g.status, g.body)
				assert.LessOrEqual(t, g.took, fetch.RecoveryTimeout+fetch.LagPause)
				assert.Equal(t, 1, b.runs())
				if x.want == 503 {
					time.Sleep(time.Second)
					g = b.get("/hls/feed/main/120.m4s")
					assert.Equal(t, http.StatusOK, g.status, g.body)
				}
				assert.Equal(t, 1, b.runs())
				b.close()
			})
		})
	}
}

// The fresh token leads to an edge whose whole playlist lags: it does not list yet what the player has seen. The known
// address of that segment carries the expired token.
func TestASegmentNotYetListedByTheNewEdgeIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
			return answers(func(req *http.Request) (*http.Response, error) {
				token := req.URL.Query().Get("token")
				c.mu.Lock()
				good := token == c.token
				c.mu.Unlock()
				if good && token != "t1" && strings.HasSuffix(req.URL.Path, ".m3u8") {
					c.began = c.began.Add(4 * time.Second) // two segments behind
					text := c.Playlist("?token=" + token)
					c.began = c.began.Add(-4 * time.Second)
					return answer(req, http.StatusOK, int64(len(text)), strings.NewReader(text)), nil
				}
				return c.RoundTrip(req)
			})
		})
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status) // up to 120
		time.Sleep(1500 * time.Millisecond)
		b.cdn.set(func() { b.cdn.token = "" })
		g := b.get("/hls/feed/main/119.m4s")
		assert.Equal(t, http.StatusOK, g.status, g.body)
		assert.Equal(t, expectedContent("119.m4s"), g.body)
		g = b.get("/hls/feed/main/120.m4s")
		assert.Equal(t, http.StatusOK, g.status, g.body)
		assert.Equal(t, 1, b.runs(), "no token brings a segment that does not exist yet")
		b.close()
	})
}

// A CDN that answers an expired token with 404, but serves its playlist to anyone, looks like a lagging edge. Older segments
// show what its 404 means, so no time is spent waiting, and a slow source still finishes in time.
func TestA404ThatMeansAnExpiredTokenIsNotAwaited(t *testing.T) {
	for _, takes := range []time.Duration{time.Second, 5 * time.Second} {
		t.Run(takes.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := lateBubble(t, &lateEdge{open: true})
				b.cdn.refusal = http.StatusNotFound
				b.site.takes = func() time.Duration { return takes }
				time.Sleep(40 * time.Second)
				for range 4 {
					require.Equal(t, http.StatusOK, b.get(mainList).status)
					require.Equal(t, http.StatusOK, b.get(strings.Replace(b.newestPath(), fmt.Sprint(b.cdn.newest()), fmt.Sprint(b.cdn.newest()-1), 1)).status)
					b.cdn.set(func() { b.cdn.token = "" })
					g := b.get(b.newestPath())
					assert.Equal(t, http.StatusOK, g.status, g.body)
					assert.LessOrEqual(t, g.took, takes+fetch.LagPause)
					time.Sleep(time.Minute)
				}
				assert.Equal(t, 4, b.runs())
				b.close()
			})
		})
	}
}

// A lagging edge once looked like an expired token. The source is still not run with every new segment.
func TestALaggingEdgeIsNotMistakenForOneThatRefusesWith404(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := 3500 * time.Millisecond
		b := lateBubble(t, &lateEdge{late: func(int, string) time.Duration { return late }})
		b.site.takes = func() time.Duration { return 3 * time.Second }
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		assert.Equal(t, http.StatusOK, b.get(b.newestPath()).status)
		assert.Equal(t, 1, b.runs())
		late = time.Second
		for range 20 {
			time.Sleep(2 * time.Second)
			require.Equal(t, http.StatusOK, b.get(mainList).status)
			assert.Equal(t, http.StatusOK, b.get(b.newestPath()).status)
		}
		assert.Equal(t, 1, b.runs())
		b.close()
	})
}

// A low-latency CDN lists or announces a part a moment before all of its servers have it. The player gets the part, and no
// token is requested.
func TestALatePartIsAwaitedAndCostsNoRenewal(t *testing.T) {
	for _, leaf := range []string{"121.0.m4s", "121.1.m4s", "121.2.m4s", "120.3.m4s"} {
		t.Run(leaf, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				available := time.Now().Add(42 * time.Second)
				b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
					return answers(func(req *http.Request) (*http.Response, error) {
						path := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
						if strings.HasSuffix(path, ".m3u8") {
							text := "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-PART-INF:PART-TARGET=1\n#EXT-X-MEDIA-SEQUENCE:119\n#EXTINF:4,\nseg119.m4s?token=t1\n"
							for p := range 4 {
								text += fmt.Sprintf("#EXT-X-PART:DURATION=1,URI=\"seg120.%d.m4s?token=t1\"\n", p)
							}
							text += "#EXTINF:4,\nseg120.m4s?token=t1\n"
							for p := range 2 {
								text += fmt.Sprintf("#EXT-X-PART:DURATION=1,URI=\"seg121.%d.m4s?token=t1\"\n", p)
							}
							text += "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"seg121.2.m4s?token=t1\"\n"
							return answer(req, http.StatusOK, int64(len(text)), strings.NewReader(text)), nil
						}
						if time.Now().Before(available) && path == "seg"+leaf {
							return answer(req, http.StatusNotFound, 0, strings.NewReader("")), nil
						}
						return c.RoundTrip(req)
					})
				})
				time.Sleep(40 * time.Second)
				require.Equal(t, http.StatusOK, b.get(mainList).status)
				g := b.get("/hls/feed/main/" + leaf)
				assert.Equal(t, http.StatusOK, g.status, g.body)
				assert.Equal(t, string(cdnContent("seg"+leaf)), g.body)
				assert.Zero(t, b.runs())
				available = time.Now().Add(time.Hour)
				synctest.Wait() // it is cached now
				b.proxy.SetCacheBytes(0)
				g = b.get("/hls/feed/main/" + leaf)
				assert.Equal(t, http.StatusNotFound, g.status, "it never arrives")
				for range 5 {
					before := b.runs()
					g = b.get("/hls/feed/main/" + leaf)
					assert.Equal(t, http.StatusNotFound, g.status)
					assert.Equal(t, before, b.runs(), "it is remembered as missing")
				}
				b.close()
			})
		})
	}
}

// A segment that arrives too late is first remembered as missing. Once available it is served, even if its token has expired
// since.
func TestASegmentOnceMissingIsServedWhenItArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lateBubble(t, &lateEdge{late: func(i int, _ string) time.Duration {
			if i == 120 {
				return 10 * time.Second
			}
			return 0
		}})
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		require.Equal(t, http.StatusNotFound, b.get("/hls/feed/main/120.m4s").status)
		time.Sleep(10 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		b.cdn.set(func() { b.cdn.token = "" })
		g := b.get("/hls/feed/main/120.m4s")
		assert.Equal(t, http.StatusOK, g.status, g.body)
		b.close()
	})
}

// A source that takes longer than a player waits is not run for segments that are slightly late.
func TestALateSegmentDoesNotRunASlowSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := lateBubble(t, &lateEdge{late: func(int, string) time.Duration { return 1800 * time.Millisecond }})
		b.site.takes = func() time.Duration { return 12 * time.Second }
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		b.cdn.set(func() { b.cdn.token = "" })
		for range 10 { // the source is known to be slow now
			b.get(mainList)
			time.Sleep(3 * time.Second)
		}
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		require.Equal(t, 1, b.runs())
		for range 20 {
			time.Sleep(2 * time.Second)
			require.Equal(t, http.StatusOK, b.get(mainList).status)
			g := b.get(b.newestPath())
			assert.Equal(t, http.StatusOK, g.status, g.body)
		}
		assert.Equal(t, 1, b.runs())
		b.close()
	})
}
