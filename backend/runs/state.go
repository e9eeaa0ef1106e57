package runs

import (
	"errors"
	"math/rand/v2"
	"time"

	"gridwall/backend/stream"
)

// State is how the runs of a source fared. Its times are wall clock times, in UTC, without a monotonic reading.
type State struct {
	// Running: a run is under way. Waiting: one waits for its turn.
	Running, Waiting bool
	// RenewedAt is when the last run for fresh tokens began, or a request for fresh tokens joined a run under way.
	RenewedAt time.Time
	// Took is how long such a run takes: a moving average over those that succeeded. 0: there was none.
	Took time.Duration
	// EndedAt, Err and Failures are of the last run: when it ended, why it failed, and the how manieth failure in a row
	// it was. A source that has not begun (stream.NotYetError) is an Err and no failure.
	EndedAt  time.Time
	Err      error
	Failures int
	// NotYet is the Err of a source that has not begun; nil after Scheduler.Retry.
	NotYet *stream.NotYetError
	// Backoff is for planned runs after failures.
	Backoff Backoff
}

// take records what a run came to.
func (s *State) take(r Result, now time.Time) {
	s.EndedAt, s.Err, s.NotYet = now, r.Err, nil
	switch {
	case errors.As(r.Err, &s.NotYet), r.Err == nil:
		s.Failures = 0
		s.Backoff = Backoff{}
	default:
		s.Failures++
		s.Backoff.Fail(now)
	}
	switch {
	case r.Err != nil || !r.Renews():
	case s.Took == 0:
		s.Took = r.Took
	default:
		s.Took += (r.Took - s.Took) / 2
	}
}

const (
	// backoffFirst is the wait after the first failure; it doubles with each further one.
	backoffFirst = 2 * time.Second
	// maxDoublings keeps the wait in range: 2^20 times the first are weeks.
	maxDoublings = 20
)

// Backoff says how long to leave something alone that failed. The zero value has not failed.
type Backoff struct {
	failures int
	failedAt time.Time
	stretch  float64 // jitter: 0.5 to 1.5 times the wait
}

// Fail takes in a failure.
func (b *Backoff) Fail(now time.Time) {
	b.failures++
	b.failedAt, b.stretch = now, 0.5+rand.Float64()
}

// Until returns when the next try may begin; zero if nothing failed. The wait is at most one and a half times longest.
func (b Backoff) Until(longest time.Duration) time.Time {
	if b.failures == 0 {
		return time.Time{}
	}
	wait := min(backoffFirst<<min(b.failures-1, maxDoublings), max(longest, backoffFirst))
	return b.failedAt.Add(time.Duration(float64(wait) * b.stretch))
}
