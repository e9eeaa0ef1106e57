package runs

import (
	"errors"
	"math/rand/v2"
	"time"

	"gridwall/backend/stream"
)

// State is the state of a source's runs. Its times are wall clock times, in UTC, without a monotonic reading.
type State struct {
	// Running is true if the source has a running run, Waiting if it has a waiting one.
	Running, Waiting bool
	// RenewedAt is when the last run for new tokens started, or a request for new tokens joined a running run.
	RenewedAt time.Time
	// Took is the moving average of the durations of successful runs for new tokens; 0 if there was none.
	Took time.Duration
	// EndedAt and Err are those of the last run. Failures counts consecutive failures; stream.NotYetError does not count as a
	// failure.
	EndedAt  time.Time
	Err      error
	Failures int
	// NotYet is Err if that is a stream.NotYetError; nil after Scheduler.Retry.
	NotYet *stream.NotYetError
	// Backoff delays planned runs after failures.
	Backoff Backoff
}

// record records the result of a run.
func (s *State) record(r Result, now time.Time) {
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
	// maxDoublings prevents an overflow: 2^20 times the first wait are weeks.
	maxDoublings = 20
)

// Backoff is the waiting time after failures. The zero value has no failures.
type Backoff struct {
	failures int
	failedAt time.Time
	stretch  float64 // jitter: the wait is multiplied by 0.5 to 1.5
}

// Fail records a failure.
func (b *Backoff) Fail(now time.Time) {
	b.failures++
	b.failedAt, b.stretch = now, 0.5+rand.Float64()
}

// Until returns when the next attempt may start; zero if nothing failed. The wait is at most one and a half times longest.
func (b Backoff) Until(longest time.Duration) time.Time {
	if b.failures == 0 {
		return time.Time{}
	}
	wait := min(backoffFirst<<min(b.failures-1, maxDoublings), max(longest, backoffFirst))
	return b.failedAt.Add(time.Duration(float64(wait) * b.stretch))
}
