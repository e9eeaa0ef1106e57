package extract

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/runs"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

func TestASourceThatHasNotBegunIsNoFailureAndRunsWhenItBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		begins := began.Add(20 * time.Minute)
		var runs []int
		s := newService(t, kind(func(context.Context, source.Source, *Site) ([]Found, error) {
			runs = append(runs, int(time.Since(began)/time.Second))
			if time.Now().Before(begins) {
				return nil, fmt.Errorf("yt-dlp: %w", &stream.NotYetError{At: begins, Text: "https://h/?token=s3cr3t will begin in 20 minutes."})
			}
			return []Found{{URL: "https://h/a"}}, nil
		}), Options{Transports: openTransports{answers(healthy)}})
		clock(t, s)
		st := s.Status("f1")
		assert.Empty(t, st.Err)
		assert.Equal(t, "https://h/?… will begin in 20 minutes", st.NotYet)
		assert.Equal(t, begins.UTC(), st.LooksAgain)
		pass(25 * time.Minute)
		assert.Equal(t, []int{0, 20 * 60}, runs)
		st = s.Status("f1")
		assert.Empty(t, st.NotYet)
		assert.Zero(t, st.LooksAgain)
		assert.Equal(t, 1, st.Count)
	})
}

func TestASourceThatIsAboutToBeginIsNotFlooded(t *testing.T) {
	for name, tc := range map[string]struct {
		begins time.Duration // from now; 0: unknown
		runs   []int         // in minutes
	}{
		"a few moments":      {time.Second, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"overdue":            {-time.Hour, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"days ahead":         {72 * time.Hour, []int{0, 4, 8}},
		"unknown":            {0, []int{0, 4, 8}},
		"it slips each time": {150 * time.Second, []int{0, 2, 5, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var runs []int
				s := newService(t, kind(func(context.Context, source.Source, *Site) ([]Found, error) {
					runs = append(runs, int(time.Since(began)/time.Minute))
					err := &stream.NotYetError{}
					if tc.begins != 0 {
						err.At = time.Now().Add(tc.begins)
					}
					return nil, err
				}), Options{Interval: 4 * time.Minute, Transports: openTransports{answers(healthy)}})
				clock(t, s)
				pass(9*time.Minute + 30*time.Second)
				assert.Equal(t, tc.runs, runs)
				assert.Equal(t, "not begun yet", s.Status("f1").NotYet)
			})
		})
	}
}

func TestExtractAllStartsNoRunsAfterItsCallerLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var srcs []source.Source
		for i := range 60 {
			srcs = append(srcs, source.Source{Key: fmt.Sprintf("f%02d", i)})
		}
		var ran, at, most atomic.Int32
		var begun sync.Map
		hold := make(chan struct{})
		s := newService(t, kind(func(_ context.Context, src source.Source, _ *Site) ([]Found, error) {
			ran.Add(1)
			begun.Store(src.Key, true)
			for now, seen := at.Add(1), most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			<-hold
			at.Add(-1)
			return []Found{{URL: "https://h/a"}}, nil
		}), Options{Sources: newFolder(srcs...), Transports: openTransports{answers(healthy)}})
		for range 3 { // three clients that leave, one after the other
			ctx, leave := context.WithCancel(t.Context())
			done := make(chan []runs.Result)
			go func() { done <- s.ExtractAll(ctx) }()
			synctest.Wait()
			leave()
			results := <-done
			assert.Len(t, results, 60)
			for _, r := range results {
				assert.ErrorIs(t, r.Err, context.Canceled)
				assert.NotEmpty(t, r.Key)
			}
			synctest.Wait()
			assert.EqualValues(t, runsAtOnce, ran.Load(), "runs that had not begun do not begin")
		}
		// A renewal does not wait behind them. Which runs have begun is random.
		waiting := srcs[slices.IndexFunc(srcs, func(s source.Source) bool {
			_, yes := begun.Load(s.Key)
			return !yes
		})]
		renewed := make(chan error)
		go func() {
			_, err := s.Extract(t.Context(), waiting.Key)
			renewed <- err
		}()
		synctest.Wait()
		assert.EqualValues(t, runsAtOnce+1, ran.Load())
		close(hold)
		assert.NoError(t, <-renewed)
		for _, r := range s.ExtractAll(t.Context()) {
			assert.NoError(t, r.Err)
		}
		assert.EqualValues(t, runsAtOnce+1, most.Load())
	})
}
