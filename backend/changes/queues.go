package changes

import (
	"context"
	"errors"
	"sync"
)

// maxQueued bounds the events without a kind that wait for one subscriber. A subscriber with more has stopped reading: it is
// dropped, and reads everything when it returns.
const maxQueued = 32

var (
	// ErrSlow is returned to a subscriber that did not keep up.
	ErrSlow = errors.New("the subscriber did not keep up")
	// ErrClosed is returned to subscribers once the queues are closed.
	ErrClosed = errors.New("no more events: Gridwall is stopping")
)

// Queues delivers events to subscribers and never blocks on one of them. It is safe for concurrent use.
type Queues[E any] struct {
	mu     sync.Mutex
	seq    uint64
	subs   map[*Queue[E]]struct{}
	closed bool
}

// NewQueues returns Queues without subscribers.
func NewQueues[E any]() *Queues[E] { return &Queues[E]{subs: map[*Queue[E]]struct{}{}} }

// Queue is the queue of one subscriber.
type Queue[E any] struct {
	of      *Queues[E]
	wake    chan struct{} // holds one token while something waits
	waiting []queued[E]   // under of.mu
	err     error         // under of.mu; sticky
}

type queued[E any] struct {
	kind  string
	event E
}

// Subscribe returns a queue of the events from now on. The caller closes it.
func (q *Queues[E]) Subscribe() *Queue[E] {
	s := &Queue[E]{of: q, wake: make(chan struct{}, 1)}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		s.fail(ErrClosed)
		return s
	}
	q.subs[s] = struct{}{}
	return s
}

// Publish queues an event for all subscribers; event is called with its number, which grows with each event. Events of one
// kind are queued once until they are read, because the subscriber then reads everything of that kind; each event of kind ""
// is queued. Publish never blocks.
func (q *Queues[E]) Publish(kind string, event func(seq uint64) E) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seq++
	e := queued[E]{kind, event(q.seq)}
	for s := range q.subs {
		s.put(e)
	}
}

// Close ends all subscriptions. It may be called more than once.
func (q *Queues[E]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for s := range q.subs {
		s.fail(ErrClosed)
	}
	q.subs = nil
}

// put queues e; the caller holds of.mu.
func (s *Queue[E]) put(e queued[E]) {
	each := 0
	for _, w := range s.waiting {
		if w.kind == "" {
			each++
		} else if w.kind == e.kind {
			return // reading once serves both
		}
	}
	if e.kind == "" && each >= maxQueued {
		delete(s.of.subs, s)
		s.fail(ErrSlow)
		return
	}
	s.waiting = append(s.waiting, e)
	s.notify()
}

// fail ends the subscription; the caller holds of.mu.
func (s *Queue[E]) fail(err error) {
	s.err, s.waiting = err, nil
	s.notify()
}

func (s *Queue[E]) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Next waits for the next event. It returns ErrSlow, ErrClosed or the context's error when there will be none.
func (s *Queue[E]) Next(ctx context.Context) (E, error) {
	for {
		if e, ok, err := s.take(); ok || err != nil {
			return e, err
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			var none E
			return none, ctx.Err()
		}
	}
}

func (s *Queue[E]) take() (e E, ok bool, err error) {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	if s.err != nil {
		return e, false, s.err
	}
	if len(s.waiting) == 0 {
		return e, false, nil
	}
	e = s.waiting[0].event
	s.waiting = s.waiting[1:]
	return e, true, nil
}

// Close ends the subscription. It may be called more than once.
func (s *Queue[E]) Close() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	delete(s.of.subs, s)
	if s.err == nil {
		s.fail(ErrClosed)
	}
}
