package proxy

import (
	"errors"
	"fmt"
	"gridwall/backend/playback"
	"io"
	"log/slog"
	"net"
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
)

// private is the error that backend/upstream's guard returns for an address that it does not dial.
type private struct{}

func (private) Error() string {
	return "127.0.0.1 is a private address; allow_private = true permits it"
}
func (private) PrivateAddress() string { return "127.0.0.1" }

// upstreamBubble returns a bubble whose upstream is a cdn wrapped by wrap.
func upstreamBubble(t *testing.T, wrap func(c *cdn) http.RoundTripper) *bubble {
	b := &bubble{t: t, cdn: newCDN()}
	b.site = newSlowSite(b.cdn)
	b.proxy = New(playback.Options{Streams: b.site, Transports: tripper{wrap(b.cdn)}, Memory: &mapStore{m: map[string][]byte{}}, CacheBytes: 8 << 20, Log: slog.New(slog.DiscardHandler)})
	return b
}

// Regression: with one of two CDNs down, or blocked by a Pi-hole, each request to it ran the source, every two seconds, as
// long as a tile was open.
func TestAnUnreachableHostDoesNotKeepRunningTheSource(t *testing.T) {
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
	for name, x := range map[string]struct {
		err       error
		most      int
		dialsEach int64 // including those of prefetches
	}{
		"connection refused":  {&net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: errors.New("connection refused")}, 12, 7},
		"it does not resolve": {&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "cdn", IsNotFound: true}}, 12, 7},
		"a private address":   {&net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: private{}}, 0, 2},
		"the guard's error":   {private{}, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var dials atomic.Int64
				b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
					return answers(func(req *http.Request) (*http.Response, error) {
						if strings.HasPrefix(req.URL.Path, "/dead/") {
							dials.Add(1)
							return nil, x.err
						}
						resp, err := c.RoundTrip(req)
						if err == nil && resp.StatusCode == http.StatusOK && strings.HasSuffix(req.URL.Path, ".m3u8") {
							list, _ := io.ReadAll(resp.Body) // every second segment is on the other host
							text := strings.NewReplacer("1.m4s", "1.ts", "\nseg", "\n/live/seg").Replace(string(list))
							var lines []string
							for l := range strings.SplitSeq(text, "\n") {
								var n int
								if _, err := fmt.Sscanf(l, "/live/seg%d", &n); err == nil && n%2 == 1 {
									l = "http://127.0.0.1:1/dead/" + fmt.Sprint(n) + ".ts"
								}
								lines = append(lines, l)
							}
							text = strings.Join(lines, "\n")
							return answer(req, http.StatusOK, int64(len(text)), strings.NewReader(text)), nil
						}
						return resp, err
					})
				})
				time.Sleep(40 * time.Second)
				var asked int64
				for range 150 { // five minutes
					list := b.get(mainList)
					require.Equal(t, http.StatusOK, list.status)
					for _, path := range lines(list.body)[18:] {
						g := b.get("/hls/feed/main/" + path)
						if n := strings.TrimSuffix(strings.TrimSuffix(path, ".m4s"), ".ts"); strings.ContainsAny(n[len(n)-1:], "13579") {
							asked++
							assert.Equal(t, http.StatusBadGateway, g.status, g.body)
						} else {
							assert.Equal(t, http.StatusOK, g.status)
						}
					}
					time.Sleep(2 * time.Second)
				}
				assert.LessOrEqual(t, b.site.runs, x.most)
				assert.LessOrEqual(t, dials.Load(), asked*x.dialsEach)
				before := b.site.runs
				b.cdn.set(func() { b.cdn.token = "" })
				list := b.get(mainList)
				assert.Equal(t, http.StatusOK, list.status, "a token that expires meanwhile is renewed at once")
				assert.Equal(t, before+1, b.site.runs)
				b.close()
			})
		})
	}
}

// After a 429 the host gets no requests for as long as its Retry-After says or, without one, for longer each time.
func TestA429IsRetriedWithBackoff(t *testing.T) {
	for name, x := range map[string]struct {
		after      string
		busy       time.Duration
		most       int64
		retryAfter string
	}{
		"without Retry-After": {"", 40 * time.Second, 8, ""},
		"with Retry-After":    {"20", 20 * time.Second, 2, "20"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int64
				var until time.Time
				b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
					return answers(func(req *http.Request) (*http.Response, error) {
						if time.Now().Before(until) {
							asked.Add(1)
							resp := answer(req, http.StatusTooManyRequests, 0, strings.NewReader(""))
							if x.after != "" {
								resp.Header.Set("Retry-After", x.after)
							}
							return resp, nil
						}
						return c.RoundTrip(req)
					})
				})
				time.Sleep(40 * time.Second)
				require.Equal(t, http.StatusOK, b.get(mainList).status)
				until = time.Now().Add(x.busy)
				var wg sync.WaitGroup
				for i := range 4 {
					wg.Go(func() {
						for range 40 {
							time.Sleep(time.Second)
							path := mainList
							if i > 0 {
								path = fmt.Sprintf("/hls/feed/main/%d.m4s", 116+i)
							}
							rec := httptest.NewRecorder()
							b.proxy.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
							if rec.Code != http.StatusOK {
								assert.Equal(t, http.StatusServiceUnavailable, rec.Code, rec.Body.String())
								assert.NotEmpty(t, rec.Header().Get("Retry-After"))
							}
						}
					})
				}
				wg.Wait()
				assert.LessOrEqual(t, asked.Load(), 4*x.most, "at most four requests at a time")
				assert.Zero(t, b.site.runs, "a 429 is not about the token")
				time.Sleep(40 * time.Second)
				assert.Equal(t, http.StatusOK, b.get(mainList).status)
				b.close()
			})
		})
	}
}

// A player that pauses in the middle of a large segment reads no bytes. That is not the upstream's fault: its response
// continues afterwards, and is not requested again.
func TestAPausedPlayerDoesNotTimeOutTheUpstream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 24 << 20 // too large for the cache
		var asked atomic.Int64
		b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
			return answers(func(req *http.Request) (*http.Response, error) {
				if !strings.HasSuffix(req.URL.Path, ".m4s") {
					return c.RoundTrip(req)
				}
				asked.Add(1)
				return answer(req, http.StatusOK, size, io.LimitReader(endless{req.Context()}, size)), nil
			})
		})
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		w := &pausing{discardWriter: discardWriter{header: http.Header{}}, every: 4 << 20, pause: time.Minute}
		b.proxy.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hls/feed/main/118.m4s", nil))
		assert.Equal(t, size, w.n)
		assert.EqualValues(t, 1, asked.Load())
		b.close()
	})
}

// pausing is a player that pauses after every so many bytes.
type pausing struct {
	discardWriter
	every, n int
	pause    time.Duration
}

func (p *pausing) Write(b []byte) (int, error) {
	if (p.n+len(b))/p.every > p.n/p.every {
		time.Sleep(p.pause)
	}
	p.n += len(b)
	return len(b), nil
}

// slowStore is a database that blocks on one stream.
type slowStore struct {
	mapStore
	slow    string
	release chan struct{}
}

func (s *slowStore) Load(id string) ([]byte, error) {
	if id == s.slow {
		<-s.release
	}
	return s.mapStore.Load(id)
}

func TestASlowDatabaseReadDoesNotDelayOtherStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, cdn: newCDN()}
		b.site = newSlowSite(b.cdn)
		db := &slowStore{mapStore: mapStore{m: map[string][]byte{}}, slow: "slow", release: make(chan struct{})}
		b.proxy = New(playback.Options{Streams: anyStream{b.site}, Transports: tripper{b.cdn}, Memory: db, CacheBytes: 8 << 20, Log: slog.New(slog.DiscardHandler)})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { assert.Equal(t, http.StatusOK, b.get("/hls/slow/index.m3u8").status) })
		}
		synctest.Wait()
		assert.Equal(t, http.StatusOK, b.get("/hls/other/index.m3u8").status)
		close(db.release)
		wg.Wait()
		b.close()
	})
}

// An edge that was switched off accepts requests and never answers, although its token is still valid. Running the source
// returns another edge.
func TestASilentEdgeIsReplacedByRunningTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var silent atomic.Bool
		b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
			return answers(func(req *http.Request) (*http.Response, error) {
				if silent.Load() && req.URL.Query().Get("token") == "t1" {
					<-req.Context().Done()
					return nil, req.Context().Err()
				}
				return c.RoundTrip(req)
			})
		})
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		silent.Store(true)
		time.Sleep(2 * time.Second)
		began := time.Now()
		for b.get(mainList).status != http.StatusOK {
			require.Less(t, time.Since(began), 40*time.Second, "the stream does not recover")
			time.Sleep(time.Second)
		}
		assert.Equal(t, http.StatusOK, b.get(b.newestPath()).status)
		assert.Equal(t, 1, b.runs())
		b.close()
	})
}

// If the fresh token leads to an edge that does not answer either, the source is not run with every reload.
func TestSilentEdgesDoNotKeepRunningTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var silent atomic.Bool
		b := upstreamBubble(t, func(c *cdn) http.RoundTripper {
			return answers(func(req *http.Request) (*http.Response, error) {
				if silent.Load() {
					<-req.Context().Done()
					return nil, req.Context().Err()
				}
				return c.RoundTrip(req)
			})
		})
		time.Sleep(40 * time.Second)
		require.Equal(t, http.StatusOK, b.get(mainList).status)
		silent.Store(true)
		time.Sleep(2 * time.Second)
		for until := time.Now().Add(10 * time.Minute); time.Now().Before(until); time.Sleep(time.Second) {
			g := b.get(mainList)
			assert.Equal(t, http.StatusGatewayTimeout, g.status, g.body)
			assert.NotContains(t, g.body, "answered", "nothing answered")
		}
		assert.LessOrEqual(t, b.runs(), 2)
		silent.Store(false)
		assert.Equal(t, http.StatusOK, b.get(mainList).status)
		b.close()
	})
}
