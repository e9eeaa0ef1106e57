package refresh

import (
	"context"
	"errors"
	"time"

	"gridwall/backend/runs"
	"gridwall/backend/stream"
)

const (
	// backoffMax bounds the wait after failures; jitter takes or adds up to half of it.
	backoffMax = time.Minute
	// backoffUrgent replaces backoffMax for a watched stream whose token is about to expire or has expired: with its jitter,
	// at most half a minute passes before the next run.
	backoffUrgent = 20 * time.Second
	// maxFailures is the number of failures in a row after which a refusal of an unwatched stream no longer causes a run. From
	// then on it gets the last error at once until the back-off is over, because a player asks again and again. A refusal of
	// a watched stream runs a failed source anyway: it may have recovered, which the back-off of planned runs cannot know.
	maxFailures = 2
	// notYetPause is how long a source whose stream has not begun is not run: the minimum for planned runs, the maximum for
	// refusals of unwatched streams.
	notYetPause = time.Minute
	// uselessAfter is how many fresh tokens in a row may be refused within minSample of their arrival before refusals of the
	// stream also wait for a back-off: the token is not the problem.
	uselessAfter = 4
	// watchedPause is the longest time after a run that a refusal of a watched stream waits if the run did not list the stream
	// or its fresh tokens were refused: a viewer is waiting for the picture.
	watchedPause = 20 * time.Second
)

// ErrClosed is returned for renewals after Close.
var ErrClosed = errors.New("renewal: the program is ending")

// RenewError is the reason why a stream has no newer token. Its text is one of the last_error texts, redacted.
type RenewError struct {
	Text string
	// Err is the cause if there is a sentinel for it: stream.ErrNoMatch, stream.ErrNoStreams, stream.ErrNoExtractor.
	Err error
}

func (e *RenewError) Error() string { return e.Text }
func (e *RenewError) Unwrap() error { return e.Err }

func noMatch() *RenewError {
	return &RenewError{Text: "No matching stream in fresh results", Err: stream.ErrNoMatch}
}

// request requests a run to replace the entry's token of the generation spent. The lock may be held.
func (m *Manager) request(e *entry, why runs.Reason, spent uint64) *runs.Run {
	return m.o.Runs.Request(e.siteKey, runs.Request{Reason: why, Needed: func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return e.generation <= spent
	}})
}

// await waits until the entry's generation is newer than spent, and returns false if the run or ctx ends first.
func (m *Manager) await(ctx context.Context, run *runs.Run, e *entry, spent uint64) bool {
	for {
		m.mu.Lock()
		changed, renewed := m.changed, e.generation > spent
		m.mu.Unlock()
		if renewed {
			return true
		}
		select {
		case <-changed:
		case <-run.Done():
			m.mu.Lock()
			defer m.mu.Unlock()
			return e.generation > spent
		case <-ctx.Done():
			return false
		case <-m.ctx.Done():
			return false
		}
	}
}

// longest bounds the back-off of a single stream. A stream that is not listed causes no more runs than the interval does.
// The lock is held.
func (m *Manager) longest(e *entry) time.Duration {
	if e.missed {
		return max(m.o.Interval, backoffMax)
	}
	return backoffMax
}

// heldBack returns the error with which to answer a refusal instead of requesting a run; nil: request one. The lock is held.
func (m *Manager) heldBack(e *entry, now time.Time) error {
	st := m.o.Runs.State(e.siteKey)
	unwatched, refusals := e.active == nil, e.refusals.Until(m.longest(e))
	if !unwatched {
		refusals = earlier(refusals, st.RenewedAt.Add(watchedPause))
	}
	switch {
	case m.ctx.Err() != nil:
		return ErrClosed
	case st.Running || st.Waiting:
		return nil // it joins that run
	case unwatched && st.Failures >= maxFailures && now.Before(st.Backoff.Until(backoffMax)),
		unwatched && st.NotYet != nil && now.Before(st.EndedAt.Add(notYetPause)):
		return failure(e.siteKey, st.Err)
	case now.Before(refusals) && e.missed:
		return noMatch()
	case now.Before(refusals) && e.young >= uselessAfter:
		return &RenewError{Text: "The fresh URL is refused as well"}
	}
	return nil
}

// Renew returns an Upstream of a newer generation than the refused one, and runs the source if there is none yet. Callers
// share one run. If ctx ends, Renew returns ctx's error and the run continues. Every error except stream.ErrUnknownStream
// comes with the current Upstream; the error is a *RenewError if the renewal itself failed.
func (m *Manager) Renew(ctx context.Context, id string, r stream.Refusal) (stream.Upstream, error) {
	if err := m.lookup(id); err != nil {
		return stream.Upstream{}, err
	}
	m.mu.Lock()
	e := m.entries[id]
	if e.generation > r.Generation {
		a := e.address()
		m.mu.Unlock()
		return m.upstream(a), nil
	}
	spent := min(r.Generation, e.generation)
	m.note(e, r)
	err := m.heldBack(e, m.now())
	if err == nil {
		e.waited = true
		run := m.request(e, runs.Refused, spent)
		m.mu.Unlock()
		err = m.outcome(ctx, run, e, spent)
		m.mu.Lock()
	}
	a := e.address()
	m.mu.Unlock()
	return m.upstream(a), err
}

// outcome waits for a run. It returns nil if the run produced a newer token for the entry, otherwise the reason why not.
func (m *Manager) outcome(ctx context.Context, run *runs.Run, e *entry, spent uint64) error {
	if m.await(ctx, run, e, spent) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if m.ctx.Err() != nil {
		return ErrClosed
	}
	if _, err := run.Result(ctx); err != nil {
		return failure(e.siteKey, err)
	}
	return noMatch()
}

// note records the first refusal of a generation. The lock is held.
func (m *Manager) note(e *entry, r stream.Refusal) {
	if r.Generation != e.generation || e.refused == e.generation {
		return
	}
	e.refused = e.generation
	now := m.now()
	if saysExpired(r.Status) {
		e.confirmEnd(now)
	}
	age := now.Sub(e.arrivedAt)
	if age >= minSample {
		e.young = 0
		if saysExpired(r.Status) && !e.arrivedAt.IsZero() && e.expires().IsZero() {
			e.sample = age
		}
		return
	}
	if e.young++; e.young >= uselessAfter {
		e.backoff.Fail(now)
		e.refusals = e.backoff
	}
}

// RenewAll runs every source that has an active stream, regardless of back-off, and returns the active streams when all runs
// or ctx have ended.
func (m *Manager) RenewAll(ctx context.Context) []Active {
	m.mu.Lock()
	requested := map[string]*runs.Run{}
	for _, e := range m.active {
		if requested[e.siteKey] == nil && m.ctx.Err() == nil {
			requested[e.siteKey] = m.o.Runs.Request(e.siteKey, runs.Request{Reason: runs.RenewalByHand})
		}
	}
	m.mu.Unlock()
	for _, run := range requested {
		select {
		case <-run.Done():
		case <-m.ctx.Done():
		case <-ctx.Done():
		}
	}
	return m.Active()
}
