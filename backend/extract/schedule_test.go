package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/runs"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts\n"
	// checkTimeout and checksPerHost are the limits in backend/health.
	checkTimeout  = 10 * time.Second
	checksPerHost = 4
)

// healthy answers each playlist and segment at once, except under /dead (403), /slow (a delay) and /hang (no answer).
func healthy(r *http.Request) (*http.Response, error) {
	body, code := playlist, http.StatusOK
	switch {
	case strings.HasPrefix(r.URL.Path, "/dead"):
		code = http.StatusForbidden
	case strings.HasPrefix(r.URL.Path, "/slow"):
		time.Sleep(300 * time.Millisecond)
	case strings.HasPrefix(r.URL.Path, "/hang"):
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// clock runs the schedule of s until the test ends. It must be called inside a synctest bubble.
func clock(t *testing.T, s *Service) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	synctest.Wait()
}

func pass(d time.Duration) { time.Sleep(d); synctest.Wait() }

func TestListingsAreRefreshedMoreOftenDuringALiveSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own, rest := &lists{}, &lists{}
		own.set(nil, Found{URL: "https://h/a"})
		rest.set(nil, Found{URL: "https://h/b"})
		var live atomic.Bool
		s := newService(t, kind(func(ctx context.Context, src source.Source, site *Site) ([]Found, error) {
			if src.Key == "own" {
				return own.Extract(ctx, src, site)
			}
			return rest.Extract(ctx, src, site)
		}), Options{
			Sources:     newFolder(source.Source{Key: "own", Interval: time.Hour}, source.Source{Key: "rest"}, source.Source{Key: "odd", Kind: "odd"}),
			Transports:  openTransports{answers(healthy)},
			SessionLive: func(time.Time) bool { return live.Load() },
		})
		clock(t, s)
		assert.Equal(t, []int{1, 1}, []int{own.count(), rest.count()})
		require.NotNil(t, s.Streams()[0].Health, "a check follows")
		pass(29 * time.Minute)
		assert.Equal(t, 1, rest.count())
		pass(5 * time.Minute)
		assert.Equal(t, 2, rest.count())
		pass(11 * time.Hour)
		assert.InDelta(t, 22, rest.count(), 1)
		assert.InDelta(t, 11, own.count(), 1)

		// A refresh in between does not postpone the round.
		before := rest.count()
		for range 9 {
			pass(4 * time.Minute)
			_, _ = s.Extract(t.Context(), "rest")
		}
		assert.GreaterOrEqual(t, rest.count(), before+9+1)

		live.Store(true)
		before, beforeOwn := rest.count(), own.count()
		pass(time.Hour)
		assert.InDelta(t, 11, rest.count()-before, 1)
		assert.LessOrEqual(t, own.count()-beforeOwn, 1, "the file's own interval applies")
	})
}

func TestRetryAfterDelaysTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := answers(func(r *http.Request) (*http.Response, error) {
			header := http.Header{"Retry-After": {"1200"}}
			return &http.Response{StatusCode: http.StatusTooManyRequests, Header: header, Body: http.NoBody, Request: r}, nil
		})
		var asked atomic.Int64
		s := newService(t, kind(func(ctx context.Context, src source.Source, site *Site) ([]Found, error) {
			asked.Add(1)
			_, err := site.Get(ctx, "https://h/list")
			return nil, err
		}), Options{
			Sources:    newFolder(source.Source{Key: "own", Interval: time.Hour}),
			Transports: openTransports{busy},
		})
		clock(t, s)
		require.EqualValues(t, 1, asked.Load())
		pass(19 * time.Minute)
		assert.EqualValues(t, 1, asked.Load())
		pass(6 * time.Minute)
		assert.EqualValues(t, 2, asked.Load())
	})
}

func TestOnlyStaleListingsRunAtStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		store.listed["f1"] = []stream.Stream{{ID: "a", SiteKey: "f1", URL: "https://h/a", ExtractedAt: time.Now().Add(-20 * time.Minute)}}
		l := &lists{}
		l.set(nil, Found{URL: "https://h/a"})
		s := newService(t, l, Options{Store: store, Transports: openTransports{answers(healthy)}})
		clock(t, s)
		assert.Equal(t, 0, l.count())
		pass(9 * time.Minute)
		assert.Equal(t, 0, l.count())
		pass(5 * time.Minute)
		assert.Equal(t, 1, l.count())
	})
}

func TestStreamsAreBackSoonAfterALaptopWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{}
		l.set(errors.New("no network"))
		s := newService(t, l, Options{Transports: openTransports{answers(healthy)}})
		clock(t, s)
		pass(70 * time.Second)
		assert.Equal(t, 2, l.count())
		pass(6 * time.Hour)
		assert.Less(t, l.count(), 20, "it backs off to the interval")
		l.set(nil, Found{URL: "https://h/a"})
		pass(34 * time.Minute)
		assert.Len(t, s.Streams(), 1)
	})
}

func TestAChangedFileIsRunAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFolder(source.Source{Key: "f1", URL: "old"})
		var mu sync.Mutex
		var ran []string
		s := newService(t, kind(func(_ context.Context, src source.Source, _ *Site) ([]Found, error) {
			time.Sleep(10 * time.Second)
			mu.Lock()
			defer mu.Unlock()
			ran = append(ran, src.Key+" "+src.URL)
			return []Found{{URL: "https://h/" + src.Key}}, nil
		}), Options{Sources: f, Transports: openTransports{answers(healthy)}})
		s.runs.Subscribe(func(r runs.Result) { assert.NoError(t, r.Err, "a broken file is not run") })
		ranSoFar := func() []string { mu.Lock(); defer mu.Unlock(); return append([]string(nil), ran...) }
		clock(t, s)
		pass(5 * time.Second)
		// The file changes while it runs.
		f.change("f1", func(e *source.Entry) { e.Source.URL = "new" })
		f.change("f2", func(e *source.Entry) { e.Source = source.Source{Key: "f2", Kind: "test", Enabled: true} })
		pass(16 * time.Second)
		assert.Equal(t, []string{"f1 old", "f2 ", "f1 new"}, ranSoFar())
		f.change("f2", func(e *source.Entry) { *e = source.Entry{} })
		f.change("f1", func(e *source.Entry) { e.Err = errors.New("broken") })
		pass(5 * time.Hour)
		assert.Len(t, ranSoFar(), 3, "a removed or broken file is not run")
		f.change("f1", func(e *source.Entry) { e.Err, e.Source.URL = nil, "fixed" })
		pass(11 * time.Second)
		assert.Equal(t, "f1 fixed", ranSoFar()[3])
	})
}

func TestLiveStreamsComeFirstAndTheFastestAtTheFront(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{}
		urls := []Found{{URL: "https://h/dead", Title: "dead"}, {URL: "https://h/slow", Title: "slow"}, {URL: "https://h/quick", Title: "quick"}, {URL: "https://i/hang", Title: "hangs"}}
		l.set(nil, urls...)
		store := newStore()
		s := newService(t, l, Options{Store: store, Transports: openTransports{answers(healthy)}})
		changed := 0
		s.OnChange(func() { changed++ })
		start := time.Now()
		results := s.ExtractAll(t.Context())
		require.Len(t, results, 1)
		require.NoError(t, results[0].Err)
		assert.Nil(t, results[0].Streams[0].Health)
		assert.Equal(t, checkTimeout, time.Since(start))
		assert.Equal(t, []string{"quick", "slow", "dead", "hangs"}, titles(s.Streams()))
		assert.Equal(t, "no answer within 10s", s.Streams()[3].Health.Reason)
		assert.Equal(t, 300*time.Millisecond, s.Streams()[1].Health.ResponseTime)
		assert.Equal(t, 4, s.Status("f1").Count)
		assert.Equal(t, 2, s.Status("f1").Live)
		assert.Positive(t, changed)

		// A renewal keeps the health; a new stream comes before those that are down; a restart loses neither.
		l.set(nil, append(urls, Found{URL: "https://h/new", Title: "new"})...)
		_, err := s.Extract(t.Context(), "f1")
		require.NoError(t, err)
		want := []string{"quick", "slow", "new", "dead", "hangs"}
		assert.Equal(t, want, titles(s.Streams()))
		s = newService(t, l, Options{Store: store, Transports: openTransports{answers(healthy)}})
		assert.Equal(t, want, titles(s.Streams()))
	})
}

func TestAVerdictOnAnOldTokenDoesNotApplyToTheNewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{}
		asked := make(chan struct{})
		renewed := make(chan struct{})
		s := newService(t, l, Options{Transports: openTransports{answers(func(r *http.Request) (*http.Response, error) {
			close(asked)
			<-renewed
			r.URL.Path = "/dead"
			return healthy(r)
		})}})
		l.set(nil, Found{URL: "https://h/a?token=1"})
		done := make(chan struct{})
		go func() { s.ExtractAll(t.Context()); close(done) }()
		<-asked
		l.set(nil, Found{URL: "https://h/a?token=2"})
		_, err := s.Extract(t.Context(), "f1")
		require.NoError(t, err)
		close(renewed)
		<-done
		assert.Nil(t, s.Streams()[0].Health)
	})
}

func TestOnlyWatchedStreamsOfALongListingAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{}
		var found []Found
		for i := range checkAll + 1 {
			found = append(found, Found{URL: fmt.Sprintf("https://h%d/a", i), Title: fmt.Sprint(i)})
		}
		var asked atomic.Int32
		var watched sync.Map
		rt := answers(func(r *http.Request) (*http.Response, error) { asked.Add(1); return healthy(r) })
		s := newService(t, l, Options{Transports: openTransports{rt}, Watched: func(id string) bool { _, ok := watched.Load(id); return ok }})
		l.set(nil, found...)
		r := s.ExtractAll(t.Context())[0]
		assert.EqualValues(t, 0, asked.Load())
		watched.Store(r.Streams[7].ID, true)
		s.ExtractAll(t.Context())
		assert.EqualValues(t, 2, asked.Load(), "a playlist and a segment")
		assert.Equal(t, "7", s.Streams()[0].Title)
		s.Check(t.Context(), r.Streams[8].ID, "unknown")
		assert.EqualValues(t, 4, asked.Load())
		l.set(nil, found[:checkAll]...)
		s.ExtractAll(t.Context())
		assert.EqualValues(t, 4+2*checkAll, asked.Load())
	})
}

func TestChecksOfAnUnresponsiveHostAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{}
		var found []Found
		for i := range checkAll {
			found = append(found, Found{URL: fmt.Sprintf("https://h/hang%d", i)})
		}
		l.set(nil, found...)
		s := newService(t, l, Options{Transports: openTransports{answers(healthy)}})
		start := time.Now()
		go s.ExtractAll(t.Context())
		s.ExtractAll(t.Context())
		assert.Equal(t, checkRound, time.Since(start))
		unchecked := 0
		for _, st := range s.Streams() {
			if st.Health == nil {
				unchecked++
			}
		}
		// The last ones end at the same moment as the round.
		assert.InDelta(t, checkAll-checksPerHost*int(checkRound/checkTimeout), unchecked, checksPerHost)
		s.Close()
	})
}

func TestANewPaceTakesEffectAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own, rest := &lists{}, &lists{}
		own.set(nil, Found{URL: "https://h/a"})
		rest.set(nil, Found{URL: "https://h/b"})
		var live atomic.Bool
		s := newService(t, kind(func(ctx context.Context, src source.Source, site *Site) ([]Found, error) {
			if src.Key == "own" {
				return own.Extract(ctx, src, site)
			}
			return rest.Extract(ctx, src, site)
		}), Options{
			Sources:    newFolder(source.Source{Key: "own", Interval: 3 * time.Hour}, source.Source{Key: "rest"}),
			Transports: openTransports{answers(healthy)}, Interval: 2 * time.Hour,
			SessionLive: func(time.Time) bool { return live.Load() },
		})
		clock(t, s)
		pass(time.Hour)
		assert.Equal(t, []int{1, 1}, []int{own.count(), rest.count()})
		s.SetPace(Pace{Interval: 10 * time.Minute})
		synctest.Wait()
		assert.Equal(t, []int{1, 2}, []int{own.count(), rest.count()}, "overdue sources run now; a file's own interval applies")
		pass(time.Hour)
		assert.InDelta(t, 2+6, rest.count(), 1)

		live.Store(true)
		s.SetPace(Pace{Interval: 10 * time.Minute, LiveInterval: time.Minute})
		before := rest.count()
		pass(20 * time.Minute)
		assert.InDelta(t, 20, rest.count()-before, 3)
	})
}

func TestANewTimeoutAppliesToTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, kind(func(ctx context.Context, _ source.Source, _ *Site) ([]Found, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}), Options{Sources: newFolder(source.Source{Key: "slow"}), Transports: openTransports{answers(healthy)}, Timeout: time.Minute})
		took := func() time.Duration {
			begin := time.Now()
			_, err := s.Extract(t.Context(), "slow")
			require.Error(t, err)
			return time.Since(begin)
		}
		assert.Equal(t, time.Minute, took())
		s.SetPace(Pace{Timeout: 5 * time.Second})
		assert.Equal(t, 5*time.Second, took())
	})
}

func TestExtractAllWaitsForTheCheckOfItsOwnStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Each new token invalidates the previous ones, and the CDN is slow.
		var newest atomic.Int64
		site := kind(func(context.Context, source.Source, *Site) ([]Found, error) {
			return []Found{{URL: fmt.Sprintf("https://h/slow/a?token=%d", newest.Add(1)), Title: "A"}}, nil
		})
		cdn := answers(func(r *http.Request) (*http.Response, error) {
			time.Sleep(300 * time.Millisecond)
			if strings.HasSuffix(r.URL.Path, "/a") && r.URL.RawQuery != fmt.Sprintf("token=%d", newest.Load()) {
				return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
			}
			return healthy(r)
		})
		s := newService(t, site, Options{Sources: newFolder(source.Source{Key: "f1"}), Transports: openTransports{cdn}})
		go s.ExtractAll(t.Context())
		time.Sleep(100 * time.Millisecond) // the first listing is being checked
		s.ExtractAll(t.Context())
		require.Len(t, s.Streams(), 1)
		require.NotNil(t, s.Streams()[0].Health, "a check of the old token does not count for the new one")
		assert.True(t, s.Streams()[0].Health.Live)
	})
}
