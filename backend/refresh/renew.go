package refresh

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"gridwall/backend/stream"
)

const (
	// minGap is how long after the start of a run of a source the next may start. Who asks sooner waits for it.
	minGap = 2 * time.Second
	// runLimit ends a run that heeds no limit of its own.
	runLimit = 5 * time.Minute
	// backoffFirst and backoffMax bound the wait after a failure; jitter takes or adds up to half of it.
	backoffFirst = 2 * time.Second
	backoffMax   = time.Minute
	// backoffUrgent takes the place of backoffMax while somebody watches a stream of the source whose token's end is near
	// or past: with its jitter no more than half a minute goes by before the next run.
	backoffUrgent = 20 * time.Second
	// patience is how many failures in a row a refusal of a stream that nobody watches may still answer with a run after
	// minGap. From then on it is told the last error at once until the back-off is over: a player asks again and again.
	// A refusal of a watched stream runs the source that failed: it may be well again, and the back-off of planned runs
	// knows nothing of that.
	patience = 2
	// notYetPause is how long planned runs leave a source alone that said that it has not begun, at least, and refusals of
	// streams that nobody watches at most.
	notYetPause = time.Minute
	// uselessAfter is how many fresh tokens in a row may be refused within minLesson of their coming before refusals
	// of the stream wait for a back-off as well: its trouble is not the token.
	uselessAfter = 4
	// watchedPause is how long after a run a refusal of a watched stream waits at most, where the run did not list the
	// stream or its fresh tokens were refused: somebody waits for the picture.
	watchedPause = 20 * time.Second
)

// ErrClosed is returned for renewals after Close.
var ErrClosed = errors.New("renewal: the program is ending")

// RenewError tells why a stream has no newer token. Its text is one of the last_error texts, redacted.
type RenewError struct {
	Text string
	// Err is the cause where there is a sentinel for it: stream.ErrNoMatch, stream.ErrNoStreams, stream.ErrNoExtractor.
	Err error
}

func (e *RenewError) Error() string { return e.Text }
func (e *RenewError) Unwrap() error { return e.Err }

// retrier says how long to leave something alone that failed.
type retrier struct {
	b     *backoff.ExponentialBackOff
	until time.Time
}

func (r *retrier) fail(now time.Time, longest time.Duration) {
	if r.b == nil {
		r.b = backoff.NewExponentialBackOff()
		r.b.InitialInterval, r.b.Multiplier = backoffFirst, 2
	}
	r.b.MaxInterval = max(longest, backoffFirst)
	// A wait that grew under a longer bound would outlast a shorter one.
	r.until = now.Add(min(r.b.NextBackOff(), r.b.MaxInterval+r.b.MaxInterval/2))
}

func (r *retrier) reset() { *r = retrier{} }

// source is what is known of the runs of one source.
type source struct {
	key      string
	flight   *flight       // waiting or running; nil: none
	landing  chan struct{} // closed when the run before has returned, whose result is here
	started  time.Time     // of the last run that the manager asked for
	took     time.Duration // what a run takes: a moving average
	failures int           // in a row
	lastErr  *RenewError   // of the last run; nil: it went well
	hold     retrier
	notYet   time.Time // the source has said that it has not begun: refusals wait until then as well
	spread   time.Time // planned runs wait until then, for those of other sources to begin
}

// flight is one run of a source, and those who wait for it.
type flight struct {
	done    chan struct{}
	wants   map[*entry]uint64 // whose renewal was asked for, and the generation that was no longer good
	refused map[*entry]bool   // those of them that asked because of a refusal
	force   bool              // run it though every want has been met meanwhile
	running bool
	begun   time.Time
	heard   bool // Extracted has been called for it
}

func (m *Manager) source(key string) *source {
	s := m.sources[key]
	if s == nil {
		s = &source{key: key}
		m.sources[key] = s
	}
	return s
}

// join joins the source's flight, or starts one. A nil entry wants no stream in particular: all. The lock is held.
func (m *Manager) join(s *source, e *entry, refused uint64) *flight {
	if s.flight == nil {
		f := &flight{done: make(chan struct{}), wants: map[*entry]uint64{}, refused: map[*entry]bool{}}
		if m.closed {
			close(f.done)
			return f
		}
		s.flight = f
		m.tasks.Go(func() { m.fly(s, f) })
	}
	if e == nil {
		s.flight.force = true
	} else {
		s.flight.wants[e] = max(s.flight.wants[e], refused)
	}
	return s.flight
}

// fly waits for the source's turn and runs it. It is nobody's request: who asked may leave, the run goes on.
func (m *Manager) fly(s *source, f *flight) {
	defer func() {
		m.mu.Lock()
		if s.flight == f {
			s.flight = nil
		}
		close(f.done)
		m.mu.Unlock()
		m.poke()
	}()
	m.mu.Lock()
	// At most minGap: a clock that was set back must not hold the run for hours.
	wait := min(s.started.Add(minGap).Sub(m.now()), minGap)
	landing := s.landing
	m.mu.Unlock()
	if landing != nil {
		<-landing
	}
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-m.runs.Done():
			return
		}
	}
	m.mu.Lock()
	wanted := f.force
	for e, refused := range f.wants {
		wanted = wanted || e.generation <= refused
	}
	if !wanted { // another extraction has brought what was asked for
		m.mu.Unlock()
		return
	}
	s.started = m.now()
	f.begun, f.running = time.Now(), true
	m.mu.Unlock()

	heard := func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return f.heard || m.runs.Err() != nil
	}
	err := m.extract(s.key)
	if err == nil && !heard() {
		// The run joined one that somebody else had asked for, whose result was told before this flight listened.
		err = m.extract(s.key)
	}
	if heard() {
		return
	}
	if err == nil {
		err = stream.ErrNoStreams
	}
	m.Extracted(s.key, nil, err, m.now())
}

// extract runs a source, and takes a panic for an error.
func (m *Manager) extract(key string) (err error) {
	ctx, cancel := context.WithTimeout(m.runs, runLimit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the extractor broke down: %v", p)
		}
	}()
	return m.o.Extract(ctx, key)
}

// await waits until the entry's generation is newer than refused (true), or the flight or ctx ends without that.
func (m *Manager) await(ctx context.Context, f *flight, e *entry, refused uint64) bool {
	for {
		m.mu.Lock()
		changed, renewed := m.changed, e.generation > refused
		m.mu.Unlock()
		if renewed {
			return true
		}
		select {
		case <-changed:
		case <-f.done:
			m.mu.Lock()
			defer m.mu.Unlock()
			return e.generation > refused
		case <-ctx.Done():
			return false
		}
	}
}

// heldBack returns the error that a refusal is told instead of a run, nil if a run may be started. The lock is held.
func (m *Manager) heldBack(e *entry, s *source, now time.Time) error {
	unwatched, asked := e.watch == nil, e.asked.until
	if !unwatched {
		asked = earlier(asked, s.started.Add(watchedPause))
	}
	switch {
	case m.closed:
		return ErrClosed
	case unwatched && (s.failures >= patience && now.Before(s.hold.until) || now.Before(s.notYet)):
		return s.lastErr
	case now.Before(asked) && e.missed:
		return noMatch()
	case now.Before(asked) && e.young >= uselessAfter:
		return &RenewError{Text: "The fresh URL is refused as well"}
	}
	return nil
}

func noMatch() *RenewError {
	return &RenewError{Text: "No matching stream in fresh results", Err: stream.ErrNoMatch}
}

// Renew answers a refusal: it returns an Upstream with a newer generation than the refused one, running the source
// if none is there yet. Callers share one run. The run goes on if ctx ends; the answer is then ctx's error. With
// every error but stream.ErrUnknownStream comes the present Upstream; the error is a *RenewError where the renewal
// itself failed.
func (m *Manager) Renew(ctx context.Context, id string, r stream.Refusal) (stream.Upstream, error) {
	if err := m.lookup(id); err != nil {
		return stream.Upstream{}, err
	}
	m.mu.Lock()
	e := m.entries[id]
	if e.generation > r.Generation {
		g := e.given()
		m.mu.Unlock()
		return m.upstream(g), nil
	}
	refused := min(r.Generation, e.generation)
	m.note(e, r)
	s := m.source(e.siteKey)
	if s.flight == nil {
		if err := m.heldBack(e, s, m.now()); err != nil {
			g := e.given()
			m.mu.Unlock()
			return m.upstream(g), err
		}
	}
	f := m.join(s, e, refused)
	f.refused[e] = true
	m.mu.Unlock()

	renewed := m.await(ctx, f, e, refused)

	m.mu.Lock()
	g := e.given()
	var err error
	switch {
	case renewed:
	case ctx.Err() != nil:
		err = ctx.Err()
	case m.closed:
		err = ErrClosed
	case s.lastErr != nil:
		err = s.lastErr
	default:
		err = noMatch()
	}
	m.mu.Unlock()
	return m.upstream(g), err
}

// note learns from the first refusal of a generation. The lock is held.
func (m *Manager) note(e *entry, r stream.Refusal) {
	if r.Generation != e.generation || e.refused == e.generation {
		return
	}
	e.refused = e.generation
	now := m.now()
	if teaches(r.Status) {
		e.confirmEnd(now)
	}
	age := now.Sub(e.cameAt)
	if age >= minLesson {
		e.young = 0
		if teaches(r.Status) && !e.cameAt.IsZero() && e.expires().IsZero() {
			e.lesson = age
		}
		return
	}
	if e.young++; e.young >= uselessAfter {
		e.hold.fail(now, backoffMax)
		e.asked = e.hold
	}
}

// RenewAll runs every source that has an active stream, back-off or not, and returns the active streams when all have
// ended, or ctx has.
func (m *Manager) RenewAll(ctx context.Context) []Active {
	m.mu.Lock()
	flights := map[*source]*flight{}
	for _, e := range m.active {
		s := m.source(e.siteKey)
		flights[s] = m.join(s, nil, 0)
	}
	m.mu.Unlock()
	for _, f := range slices.Collect(maps.Values(flights)) {
		select {
		case <-f.done:
		case <-ctx.Done():
			return m.Active()
		}
	}
	return m.Active()
}
