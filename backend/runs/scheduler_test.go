package runs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a scheduler whose runs take one second, and list one stream whose URL ends in the number of the run.
type rig struct {
	*Scheduler
	t     *testing.T
	began time.Time

	mu      sync.Mutex
	ran     []string // key, and the seconds since began
	results []Result
	offset  time.Duration // of the wall clock
	err     error
}

func bubble(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, began: time.Now()}
		r.Scheduler = New(Options{AtOnce: 2, Wall: func() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return time.Now().Add(r.offset) }, Run: r.run})
		r.Subscribe(func(res Result) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.results = append(r.results, res)
		})
		t.Cleanup(r.Close)
		test(t, r)
	})
}

func (r *rig) run(ctx context.Context, key string) Result {
	r.mu.Lock()
	r.ran = append(r.ran, fmt.Sprint(key, " ", time.Since(r.began).Seconds()))
	n, err := len(r.ran), r.err
	r.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return Result{Err: ctx.Err()}
	}
	if err != nil {
		return Result{Err: err}
	}
	return Result{Streams: []stream.Stream{{ID: "a", URL: fmt.Sprint("https://h/", n)}}}
}

func (r *rig) ask(key string, why Reason) *Run { return r.Request(key, Request{Reason: why}) }

func (r *rig) result(run *Run) Result {
	res, err := run.Result(r.t.Context())
	require.NoError(r.t, err)
	return res
}

func TestConcurrentRequestsShareOneRun(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		first := r.ask("a", Planned)
		time.Sleep(500 * time.Millisecond)
		second := r.ask("a", Refused)
		assert.Same(t, first, second)
		assert.True(t, r.State("a").Running)
		other := r.ask("b", ByHand)
		res := r.result(second)
		assert.Equal(t, []Reason{Planned, Refused}, res.Reasons)
		assert.Equal(t, "planned, refused", res.Reason())
		assert.True(t, res.Renews(), "a refusal that joined makes it a renewal")
		assert.Equal(t, time.Second, res.Took)
		assert.Equal(t, r.began.UTC(), res.At)
		assert.False(t, r.result(other).Renews())
		assert.Equal(t, []string{"a 0", "b 0.5"}, r.ran)
		assert.Len(t, r.results, 2, "each subscriber gets each result once")
		assert.False(t, r.State("a").Running)
	})
}

func TestARunContinuesWhenItsCallerLeaves(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		ctx, leave := context.WithCancel(t.Context())
		leave()
		run := r.ask("a", ByHand)
		_, err := run.Result(ctx)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Len(t, r.result(run).Streams, 1)
	})
}

func TestRenewalsOfASourceBeginTwoSecondsApart(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		for _, why := range []Reason{Refused, TokenDue, RenewalByHand} {
			r.result(r.ask("a", why))
		}
		assert.Equal(t, []string{"a 0", "a 2", "a 4"}, r.ran)
		r.result(r.ask("b", Refused))
		assert.Equal(t, "b 5", r.ran[3], "another source does not wait")
	})
}

func TestAnExtractionByHandDoesNotWaitAndServesTheWaitingRenewal(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.result(r.ask("a", Refused))
		waiting := r.ask("a", Refused)
		time.Sleep(100 * time.Millisecond)
		assert.True(t, r.State("a").Waiting)
		assert.Same(t, waiting, r.ask("a", ByHand))
		r.result(waiting)
		assert.Equal(t, []string{"a 0", "a 1.1"}, r.ran)
	})
}

func TestSettingTheClockBackDoesNotDelayRunsForHours(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.result(r.ask("a", Refused))
		r.mu.Lock()
		r.offset = -8 * time.Hour
		r.mu.Unlock()
		r.result(r.ask("a", Refused))
		assert.Equal(t, []string{"a 0", "a 3"}, r.ran)
	})
}

func TestAChangedFileIsRunAfterTheRunningRun(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		old := r.ask("a", Planned)
		time.Sleep(500 * time.Millisecond)
		fresh := r.Request("a", Request{Reason: FileChanged, Fresh: true})
		again := r.Request("a", Request{Reason: FileChanged, Fresh: true})
		assert.NotSame(t, old, fresh)
		assert.Same(t, fresh, again)
		assert.Same(t, old, r.ask("a", Planned), "a request that needs nothing newer joins the first run")
		assert.Equal(t, "https://h/2", r.result(fresh).Streams[0].URL)
		assert.Equal(t, []string{"a 0", "a 1"}, r.ran)
	})
}

func TestARequestDuringTheDeliveryOfAResultStartsANewRun(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		var next *Run
		r.Subscribe(func(res Result) {
			if next == nil {
				next = r.ask("a", Refused) // the result that is being delivered is too old for it
			}
		})
		first := r.ask("a", Refused)
		r.result(first)
		assert.NotSame(t, first, next)
		assert.Equal(t, "https://h/2", r.result(next).Streams[0].URL)
		assert.Equal(t, []string{"a 0", "a 2"}, r.ran)
	})
}

func TestARunThatIsNoLongerNeededIsDropped(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.result(r.ask("a", Refused))
		var met atomic.Bool
		need := func() bool { return !met.Load() }
		run := r.Request("a", Request{Reason: Refused, Needed: need})
		met.Store(true)
		_, err := run.Result(t.Context())
		assert.ErrorIs(t, err, ErrNotNeeded)
		assert.Len(t, r.ran, 1)
		assert.Len(t, r.results, 1, "subscribers get no result")

		met.Store(false)
		run = r.Request("a", Request{Reason: Refused, Needed: need})
		assert.Same(t, run, r.Request("a", Request{Reason: TokenDue, Needed: func() bool { return true }}))
		met.Store(true)
		r.result(run)
		assert.Len(t, r.ran, 2, "one of the two still needs it")
	})
}

func TestRunsTakeTurnsButRenewalsDoNotWait(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				_, err := r.RunInTurn(t.Context(), fmt.Sprint(i), Request{Reason: Planned})
				assert.NoError(t, err)
			})
		}
		synctest.Wait()
		assert.Len(t, r.ran, 2)
		ctx, leave := context.WithCancel(t.Context())
		all.Go(func() {
			res, err := r.RunInTurn(ctx, "left", Request{Reason: ByHand})
			assert.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, "left", res.Key)
		})
		synctest.Wait()
		leave()
		r.result(r.ask("urgent", Refused))
		all.Wait()
		assert.Len(t, r.ran, 5, "a run that had not begun when its caller left does not begin")
		assert.Equal(t, 2*time.Second, time.Since(r.began))
		_, err := r.RunInTurn(ctx, "late", Request{Reason: ByHand})
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func TestClosingEndsRunsWithoutCountingFailures(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		running, waiting := r.ask("a", ByHand), r.Request("a", Request{Reason: FileChanged, Fresh: true})
		synctest.Wait()
		r.Close()
		for _, run := range []*Run{running, waiting, r.ask("a", ByHand)} {
			_, err := run.Result(t.Context())
			assert.ErrorIs(t, err, context.Canceled)
		}
		assert.Empty(t, r.results)
		assert.Zero(t, r.State("a").Failures)
	})
}

func TestFailuresAreCountedAndBackOffUntilOneSucceeds(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		assert.Zero(t, r.State("a"))
		r.err = errors.New("down")
		for n := range 8 {
			_, err := r.ask("a", ByHand).Result(t.Context())
			assert.Equal(t, r.err, err)
			st := r.State("a")
			assert.Equal(t, n+1, st.Failures)
			assert.Equal(t, r.err, st.Err)
			wait := min(2*time.Second<<n, time.Minute)
			assert.InDelta(t, wait, st.Backoff.Until(time.Minute).Sub(st.EndedAt), float64(wait/2))
			assert.LessOrEqual(t, st.Backoff.Until(20*time.Second).Sub(st.EndedAt), 30*time.Second)
		}
		r.Retry()
		assert.Zero(t, r.State("a").Backoff)
		assert.Equal(t, 8, r.State("a").Failures)

		r.err = fmt.Errorf("yt-dlp: %w", &stream.NotYetError{Text: "begins in 2 hours"})
		_, err := r.ask("a", ByHand).Result(t.Context())
		require.Error(t, err)
		assert.Zero(t, r.State("a").Failures, "a source that has not begun has not failed")
		assert.Equal(t, "begins in 2 hours", r.State("a").NotYet.Text)

		r.err = nil
		r.result(r.ask("a", Refused))
		st := r.State("a")
		assert.NoError(t, st.Err)
		assert.Nil(t, st.NotYet)
		assert.Equal(t, time.Second, st.Took)
	})
}

func TestAnEmptyListingIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Run: func(context.Context, string) Result { return Result{} }})
		t.Cleanup(s.Close)
		_, err := s.Request("a", Request{Reason: ByHand}).Result(t.Context())
		assert.ErrorIs(t, err, stream.ErrNoStreams)
		assert.Equal(t, 1, s.State("a").Failures)
	})
}
