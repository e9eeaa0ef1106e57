package proxy

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/fetch"
	"gridwall/backend/playback"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// lowLatency returns an upstream that holds blocking reloads, with a new part each second and a new segment every four.
// under counts the blocking requests in progress, and most is their maximum.
func lowLatency(target int, under *atomic.Int64, most *atomic.Int64) answers {
	began := time.Now()
	return func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		var msn, part int
		_, _ = fmt.Sscan(q.Get("_HLS_msn"), &msn)
		_, _ = fmt.Sscan(q.Get("_HLS_part"), &part)
		if q.Has("_HLS_msn") {
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			ready := began.Add(time.Duration(4*(msn-10)+part+1) * time.Second)
			if !fetch.Sleep(req.Context(), time.Until(ready)) {
				return nil, req.Context().Err()
			}
		}
		n := int(time.Since(began) / time.Second)
		var b strings.Builder
		fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:%d\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3\n#EXT-X-PART-INF:PART-TARGET=1\n#EXT-X-MEDIA-SEQUENCE:7\n", target)
		for i := 7; i < 10+n/4; i++ {
			fmt.Fprintf(&b, "#EXTINF:4,\ns%d.ts\n", i)
		}
		for p := range n % 4 {
			fmt.Fprintf(&b, "#EXT-X-PART:DURATION=1,URI=\"s%d.%d.ts\"\n", 10+n/4, p)
		}
		return answer(req, http.StatusOK, int64(b.Len()), strings.NewReader(b.String())), nil
	}
}

func blockingBubble(t *testing.T, rt http.RoundTripper) *bubble {
	b := &bubble{t: t, cdn: newCDN()}
	b.site = newSlowSite(b.cdn)
	b.proxy = New(playback.Options{Streams: b.site, Transports: tripper{rt}, Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 8 << 20, Log: slog.New(slog.DiscardHandler)})
	return b
}

func TestABlockingRequestThatIsTooFarAheadIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		b := blockingBubble(t, lowLatency(4, &under, &most))
		time.Sleep(2 * time.Second) // the newest segment is 9, with two parts of 10
		for query, want := range map[string]int{
			"_HLS_msn=9": 200, "_HLS_msn=10&_HLS_part=1": 200, "_HLS_msn=10&_HLS_part=2": 200, "_HLS_msn=10&_HLS_part=4": 200, "_HLS_msn=10": 200, "_HLS_msn=11": 200,
			"_HLS_msn=10&_HLS_part=5": 400, "_HLS_msn=12": 400, "_HLS_msn=13": 400, "_HLS_msn=999999": 400, "_HLS_msn=9223372036854775807": 400,
			"_HLS_msn=-1": 400, "_HLS_msn=x": 400, "_HLS_part=1": 400, "_HLS_msn=10&_HLS_part=x": 400, "_HLS_msn=10&_HLS_part=99999999999": 400,
		} {
			g := b.get(mainList + "?" + query)
			assert.Equal(t, want, g.status, "%s: %s", query, g.body)
			if want == 400 {
				assert.Zero(t, g.took, query)
			}
			time.Sleep(20 * time.Second)
			*b = *blockingBubbleAgain(b, lowLatency(4, &under, &most))
			time.Sleep(2 * time.Second)
		}
		b.close()
	})
}

func blockingBubbleAgain(b *bubble, rt http.RoundTripper) *bubble {
	b.close()
	return blockingBubble(b.t, rt)
}

// A blocking request whose player leaves frees its upstream connection, unless other players wait for the same answer.
func TestABlockingRequestEndsWithItsLastWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		b := blockingBubble(t, lowLatency(4, &under, &most))
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		first, leave := context.WithCancel(t.Context())
		second, leaveToo := context.WithCancel(t.Context())
		reload := func(ctx context.Context) {
			b.proxy.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, mainList+"?_HLS_msn=11", nil))
		}
		var wg sync.WaitGroup
		wg.Go(func() { reload(first) })
		wg.Go(func() { reload(second) })
		synctest.Wait()
		assert.EqualValues(t, 1, under.Load(), "they share one request")
		leave()
		synctest.Wait()
		assert.EqualValues(t, 1, under.Load())
		leaveToo()
		synctest.Wait()
		assert.Zero(t, under.Load())
		wg.Wait()
		g := b.get(mainList + "?_HLS_msn=10&_HLS_part=0")
		assert.Equal(t, http.StatusOK, g.status, "the next player does not get the cancelled request")
		b.close()
	})
}

// A client that keeps requesting segments of one stream that do not exist yet does not use up the connections of other
// streams.
func TestOneClientCannotExhaustAllStreamsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		slow := lowLatency(4, &under, &most)
		rt := answers(func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, ".ts") {
				most.Store(max(most.Load(), under.Add(1)))
				defer under.Add(-1)
				if !fetch.Sleep(req.Context(), time.Hour) {
					return nil, req.Context().Err()
				}
			}
			return slow(req)
		})
		b := blockingBubble(t, rt)
		b.proxy.streams, b.proxy.engine.Streams = anyStream{b.site}, anyStream{b.site}
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for i := range 600 {
			wg.Go(func() {
				path := fmt.Sprintf("%s?_HLS_msn=%d&_HLS_part=%d", mainList, 10+i%2, i%4)
				if i%2 == 0 {
					path = fmt.Sprintf("/hls/feed/main/%d.ts", 7+i%3)
				}
				b.proxy.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
			})
		}
		synctest.Wait()
		g := b.get("/hls/other/main/index.m3u8")
		assert.Equal(t, http.StatusOK, g.status)
		assert.Zero(t, g.took)
		wg.Wait()
		assert.LessOrEqual(t, most.Load(), int64(fetch.MaxStreamUpstream))
		b.close()
	})
}

// A client that requests many segments of one stream at once uses no more than that stream's connections to the upstream.
func TestUpstreamRequestsAreLimitedPerStream(t *testing.T) {
	const segments, limit = 300, 40 // of the 64 connections of a stream, 24 are reserved for its playlists
	synctest.Test(t, func(t *testing.T) {
		var under atomic.Int64
		list := "#EXTM3U\n#EXT-X-TARGETDURATION:4\n"
		for i := range segments {
			list += fmt.Sprintf("#EXTINF:4,\n%d.ts\n", i)
		}
		b := blockingBubble(t, answers(func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, ".ts") {
				under.Add(1)
				defer under.Add(-1)
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return answer(req, http.StatusOK, int64(len(list)), strings.NewReader(list)), nil
		}))
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range segments {
			wg.Go(func() {
				path := fmt.Sprintf("/hls/feed/main/%d.ts", i)
				b.proxy.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
			})
		}
		synctest.Wait()
		assert.EqualValues(t, limit, under.Load(), "concurrent requests up to the limit")
		cancel()
		wg.Wait()
		b.close()
	})
}

// anyStream resolves every ID to the same stream.
type anyStream struct{ *slowSite }

func (s anyStream) Open(ctx context.Context, id string, _ bool, _ string) (stream.Upstream, error) {
	return s.Current(id)
}

// A blocking reload waits at the upstream while another viewer reloads without blocking. The blocking reload's answer is
// the newer one, although it was requested first.
func TestAConcurrentReloadDoesNotDiscardABlockingReloadsAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		b := blockingBubble(t, lowLatency(4, &under, &most))
		b.proxy.engine.Age = func(*timeline.Snapshot) time.Duration { return 0 }
		time.Sleep(2 * time.Second) // the newest segment is 9, with two parts of 10
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		var wg sync.WaitGroup
		wg.Go(func() {
			g := b.get(mainList + "?_HLS_msn=10&_HLS_part=2")
			assert.Equal(t, time.Second, g.took)
			assert.Contains(t, g.body, "10.2.", "the requested part is listed")
		})
		time.Sleep(500 * time.Millisecond)
		assert.NotContains(t, b.get(mainList).body, "10.2.")
		wg.Wait()
		b.close()
	})
}
