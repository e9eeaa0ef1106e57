package proxy

import (
	"context"
	"fmt"
	"gridwall/backend/fetch"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One segment in twenty is listed but never available, even with a fresh token. The source is not run for each of them. A
// token that expires meanwhile, which this CDN answers with the same 404, is still renewed at once.
func TestMissingSegmentsDoNotRunTheSourceEachTime(t *testing.T) {
	for _, refusal := range []int{http.StatusNotFound, http.StatusForbidden} {
		for _, window := range []int{0, 4, 20} {
			open := window > 0
			t.Run(fmt.Sprint(refusal, " window of the open playlist: ", window), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := &lateEdge{open: open, late: func(i int, _ string) time.Duration {
						if i%20 == 7 {
							return -1
						}
						return 0
					}}
					b := lateBubble(t, l)
					b.cdn.refusal, b.cdn.window = refusal, max(window, 6)
					b.site.takes = func() time.Duration { return time.Second }
					time.Sleep(40 * time.Second)
					missing, expiries := 0, 0
					for i := range 300 { // ten minutes, three segments behind the newest
						require.Equal(t, http.StatusOK, b.get(mainList).status)
						n := b.cdn.newest() - 3
						g := b.get(fmt.Sprintf("/hls/feed/main/%d.m4s", n))
						if n%20 == 7 {
							missing++
							assert.Equal(t, http.StatusNotFound, g.status, "%d: %s", n, g.body)
						} else {
							assert.Equal(t, http.StatusOK, g.status, "%d: %s", n, g.body)
						}
						assert.Less(t, g.took, 2*time.Second, n)
						if i%101 == 100 {
							expiries++
							b.cdn.set(func() { b.cdn.token = "" })
						}
						time.Sleep(time.Until(b.cdn.began.Add(40*time.Second + time.Duration(i+1)*2*time.Second)))
					}
					require.GreaterOrEqual(t, missing, 14)
					assert.LessOrEqual(t, b.runs()-expiries, 9, "the pause between runs for missing segments grows to two minutes")
					b.close()
				})
			})
		}
	}
}

// A player far behind requests a key and a segment that have left the playlist, and whose known addresses carry an expired
// token. No token brings them back, so none is requested, and the answer says that they are gone.
func TestASegmentThatLeftThePlaylistIsReportedAsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBubble(t)
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status) // from 101
		time.Sleep(40 * time.Second)
		b.cdn.set(func() { b.cdn.token = "" })
		require.Equal(t, http.StatusOK, b.get(mainList).status) // from 121
		require.Equal(t, 1, b.runs())
		for range 3 {
			for _, leaf := range []string{"key-104", "init-104.mp4", "118.m4s"} {
				g := b.get("/hls/feed/main/" + leaf)
				assert.Equal(t, http.StatusNotFound, g.status, g.body)
				assert.Contains(t, g.body, "segment_gone")
			}
		}
		assert.Equal(t, 1, b.runs())
		b.close()
	})
}

// The playlist itself marks a segment as missing. A player that requests it nevertheless gets a 404 at once, and no source
// is run.
func TestAGapSegmentCostsNoRenewal(t *testing.T) {
	for _, refusal := range []int{http.StatusNotFound, http.StatusForbidden} {
		synctest.Test(t, func(t *testing.T) {
			b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
				return answers(func(req *http.Request) (*http.Response, error) {
					if strings.HasSuffix(req.URL.Path, "gap.ts") {
						return answer(req, refusal, 0, strings.NewReader("")), nil
					}
					text := "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART-INF:PART-TARGET=1\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\na.ts\n" +
						"#EXT-X-PART:DURATION=1,URI=\"pgap.ts\",GAP=YES\n#EXT-X-PART:DURATION=1,URI=\"p.ts\"\n#EXT-X-GAP\n#EXTINF:2,\ngap.ts\n"
					return answer(req, http.StatusOK, int64(len(text)), strings.NewReader(text)), nil
				})
			})
			require.Equal(t, http.StatusOK, b.get(mainList).status)
			for _, leaf := range []string{"8.ts", "8.0.ts"} {
				g := b.get("/hls/feed/main/" + leaf)
				assert.Equal(t, http.StatusNotFound, g.status, g.body)
				assert.Zero(t, g.took)
			}
			assert.Zero(t, b.runs())
			b.close()
		})
	}
}

// Players that pause in the middle of large segments hold their upstream connections for a long time. Connections are
// reserved for playlists.
func TestPausedPlayersDoNotDelayThePlaylist(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 24 << 20 // too large for the cache
		b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
			c.window = 2 * fetch.MaxStreamUpstream
			return answers(func(req *http.Request) (*http.Response, error) {
				if !strings.HasSuffix(req.URL.Path, ".m4s") {
					return c.RoundTrip(req)
				}
				return answer(req, http.StatusOK, size, io.LimitReader(endless{req.Context()}, size)), nil
			})
		})
		time.Sleep(time.Hour)
		list := b.get(mainList)
		require.Equal(t, http.StatusOK, list.status)
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, path := range addresses(list.body) {
			if strings.HasSuffix(path, ".m4s") {
				wg.Go(func() {
					defer func() { _ = recover() }() // the response is cut off
					b.proxy.ServeHTTP(&paused{ctx: ctx}, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
				})
			}
		}
		time.Sleep(5 * time.Second)
		list = b.get(mainList)
		assert.Equal(t, http.StatusOK, list.status, list.body)
		assert.Zero(t, list.took)
		leave()
		wg.Wait()
		b.close()
	})
}

// paused is a player that reads no bytes.
type paused struct {
	discardWriter
	ctx context.Context
}

func (p *paused) Header() http.Header { return http.Header{} }

func (p *paused) Write([]byte) (int, error) {
	<-p.ctx.Done()
	return 0, p.ctx.Err()
}

// The edges of this CDN have each segment up to two and a half seconds after they list it, its tokens expire now and then,
// and it answers both with the same status. A player at the live edge that retries once after a 503 gets every segment. The
// source is run for the tokens, and hardly for anything else.
func TestEverySegmentIsServedWhenLagLooksLikeARefusal(t *testing.T) {
	seeds := 16
	if testing.Short() {
		seeds = 4
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(seed), 3))
				const most = 2500 // milliseconds
				salt := rng.IntN(1000)
				l := &lateEdge{open: seed%2 == 0, late: func(i int, token string) time.Duration {
					var n int
					_, _ = fmt.Sscanf(token, "t%d", &n)
					return time.Duration((i*7919+n*104729+salt)%most) * time.Millisecond
				}}
				b := lateBubble(t, l)
				b.cdn.refusal = []int{http.StatusForbidden, http.StatusForbidden, http.StatusNotFound, http.StatusNotFound}[seed%4]
				takes := time.Duration(rng.IntN(3500)) * time.Millisecond
				b.site.takes = func() time.Duration { return takes }
				time.Sleep(40 * time.Second)
				expiries, asked := 0, 0
				for next, until := b.cdn.newest(), time.Now().Add(4*time.Minute); time.Now().Before(until); {
					list := b.get(mainList)
					if list.status != http.StatusOK {
						assert.Equal(t, http.StatusServiceUnavailable, list.status, list.body)
						time.Sleep(2 * time.Second)
						continue
					}
					var first int
					_, err := fmt.Sscan(tagValue(list.body, "#EXT-X-MEDIA-SEQUENCE"), &first)
					require.NoError(t, err)
					for newest := first + len(lines(list.body)) - 1; next <= newest; next++ {
						if rng.IntN(12) == 0 {
							expiries++
							b.cdn.set(func() { b.cdn.token = "" })
						}
						asked++
						path := fmt.Sprintf("/hls/feed/main/%d.m4s", next)
						g := b.get(path)
						if g.status == http.StatusServiceUnavailable {
							time.Sleep(2 * time.Second)
							g = b.get(path)
						}
						assert.Equal(t, http.StatusOK, g.status, "%d: %s", next, g.body)
						assert.LessOrEqual(t, g.took, playerWait)
					}
					time.Sleep(time.Second)
				}
				require.Greater(t, asked, 100)
				assert.LessOrEqual(t, b.runs(), expiries+3)
				b.close()
			})
		})
	}
}
