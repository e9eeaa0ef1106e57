package runs

import (
	"context"
	"slices"
	"sync"
	"time"

	"gridwall/backend/stream"
)

// MinGap is the minimum time between the starts of two runs of a source for new tokens. Requests in between share one waiting
// run.
const MinGap = 2 * time.Second

// Options configures a Scheduler. Only Run is required.
type Options struct {
	// Run runs a source once and returns its streams or its error, and At if it differs from the start. ctx ends with Close.
	Run func(ctx context.Context, key string) Result
	// AtOnce bounds the concurrent runs of RunInTurn; 0 means one.
	AtOnce int
	// OnChange is called after each start and end of a run.
	OnChange func()
	// Wall is the wall clock; nil means time.Now.
	Wall func() time.Time
}

// Scheduler runs sources. It is created by New and ended by Close. It is safe for concurrent use.
type Scheduler struct {
	o Options

	// ctx is cancelled by Close. Runs use it and not their callers' contexts, because several requests may share a run.
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	turns chan struct{}

	mu          sync.Mutex
	closed      bool
	sources     map[string]*source
	subscribers []func(Result)
}

// source is a source with its runs. Scheduler.mu guards it.
type source struct {
	state            State // without Running and Waiting
	waiting, running *Run
}

// New returns a scheduler. Nothing runs before it is requested.
func New(o Options) *Scheduler {
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	if o.Wall == nil {
		o.Wall = time.Now
	}
	s := &Scheduler{o: o, turns: make(chan struct{}, max(o.AtOnce, 1)), sources: map[string]*source{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Close cancels all runs and waits for them.
func (s *Scheduler) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.work.Wait()
}

// Subscribe adds a function that is called with the result of every run, in order, before the run's Done is closed. Runs that
// Close cancelled, and runs that were dropped, are not reported. The function must not wait for a run of the same source.
func (s *Scheduler) Subscribe(f func(Result)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribers = append(s.subscribers, f)
}

// State returns the state of the source's runs.
func (s *Scheduler) State(key string) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.sources[key]
	if src == nil {
		return State{}
	}
	st := src.state
	st.Running, st.Waiting = src.running != nil, src.waiting != nil
	return st
}

// Retry ends the back-off of all sources, because they may succeed now, for example after the machine slept.
func (s *Scheduler) Retry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, src := range s.sources {
		src.state.Backoff, src.state.NotYet = Backoff{}, nil
	}
}

// Request joins a run of the source, or starts one, and returns it without waiting.
func (s *Scheduler) Request(key string, q Request) *Run { return s.request(key, q, 0) }

// RunInTurn is Request for many sources at once: it waits until fewer than Options.AtOnce of such runs are running, and then
// for the result. A run keeps its turn until it ends, even if its caller has returned.
func (s *Scheduler) RunInTurn(ctx context.Context, key string, q Request) (Result, error) {
	if ctx.Err() == nil {
		select {
		case s.turns <- struct{}{}:
			return s.request(key, q, 1).Result(ctx)
		case <-ctx.Done():
		}
	}
	return Result{Key: key, Err: ctx.Err()}, ctx.Err()
}

func (s *Scheduler) request(key string, q Request, turns int) *Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.sources[key]
	if src == nil {
		src = &source{}
		s.sources[key] = src
	}
	r := src.running
	if r == nil || r.sealed || q.Fresh {
		r = src.waiting
	}
	if r == nil {
		r = newRun(key)
		if s.closed {
			r.result = Result{Key: key, Err: context.Canceled}
			s.release(turns)
			close(r.done)
			return r
		}
		src.waiting = r
		before := src.running
		s.work.Go(func() { s.run(src, r, before) })
	}
	r.turns += turns
	switch r {
	case src.waiting:
		r.needs = append(r.needs, q.Needed)
		if !q.Reason.Renews() && !r.hurried {
			r.hurried = true
			close(r.hurry)
		}
	case src.running:
		if q.Reason.Renews() && !r.renews() {
			src.state.RenewedAt = s.now()
		}
	}
	if !slices.Contains(r.reasons, q.Reason) {
		r.reasons = append(r.reasons, q.Reason)
	}
	return r
}

// run waits until r may start, runs the source and delivers the result. before is the run that was running when r was
// requested.
func (s *Scheduler) run(src *source, r, before *Run) {
	defer close(r.done)
	if before != nil {
		<-before.done
	}
	s.awaitGap(src, r)
	if !s.begin(src, r) {
		return
	}
	s.o.OnChange()
	began := time.Now()
	res := s.o.Run(s.ctx, r.key)
	res.Key, res.Took = r.key, time.Since(began)
	if res.At.IsZero() {
		res.At = began.UTC()
	}
	if res.Err == nil && len(res.Streams) == 0 {
		res.Err = stream.ErrNoStreams
	}

	s.mu.Lock()
	r.sealed = true
	res.Reasons = r.reasons
	r.result = res
	// An error during Close is not the source's.
	cancelled := res.Err != nil && s.ctx.Err() != nil
	if !cancelled {
		src.state.record(res, s.now())
	}
	subscribers := s.subscribers[:len(s.subscribers):len(s.subscribers)]
	s.mu.Unlock()
	if !cancelled {
		for _, f := range subscribers {
			f(res)
		}
	}
	s.mu.Lock()
	src.running = nil
	s.release(r.turns)
	s.mu.Unlock()
	s.o.OnChange()
}

// awaitGap waits until MinGap after the start of the last run for new tokens, or until a request that need not wait.
func (s *Scheduler) awaitGap(src *source, r *Run) {
	s.mu.Lock()
	// It waits at most MinGap: a clock that was set back must not delay the run for hours.
	wait := min(src.state.RenewedAt.Add(MinGap).Sub(s.now()), MinGap)
	s.mu.Unlock()
	if wait <= 0 {
		return
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.hurry:
	case <-s.ctx.Done():
	}
}

// begin makes r the running run, or drops it and returns false if no request needs it any more.
func (s *Scheduler) begin(src *source, r *Run) bool {
	for called := 0; ; {
		s.mu.Lock()
		needs := r.needs[called:]
		called = len(r.needs)
		if len(needs) == 0 || s.closed {
			r.result = Result{Key: r.key, Err: ErrNotNeeded}
			if s.closed {
				r.result.Err = context.Canceled
			}
			src.waiting = nil
			s.release(r.turns)
			s.mu.Unlock()
			return false
		}
		s.mu.Unlock()
		if !slices.ContainsFunc(needs, func(needed func() bool) bool { return needed == nil || needed() }) {
			continue
		}
		s.mu.Lock()
		src.waiting, src.running = nil, r
		if r.renews() {
			src.state.RenewedAt = s.now()
		}
		s.mu.Unlock()
		return true
	}
}

// release gives back turns. The caller holds s.mu.
func (s *Scheduler) release(turns int) {
	for range turns {
		<-s.turns
	}
}

// now returns the wall clock time without a monotonic reading, so that differences include the time that the machine was
// asleep.
func (s *Scheduler) now() time.Time { return s.o.Wall().Round(0).UTC() }
