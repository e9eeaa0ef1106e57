package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"gridwall/backend/stream"
)

// EventType says what changed; the client asks for it again.
type EventType string

const (
	EventStreams  EventType = "streams"
	EventActive   EventType = "active"
	EventSources  EventType = "sources"
	EventSchedule EventType = "schedule"
	EventWalls    EventType = "walls"
	EventNotice   EventType = "notice"
)

// Event tells a client that something changed.
type Event struct {
	Type EventType `json:"type" enum:"streams,active,sources,schedule,walls,notice"`
	// Seq grows with every event of this process.
	Seq uint64    `json:"seq"`
	At  time.Time `json:"at"`
	// Notice is what a notice says; null for the other types.
	Notice *Notice `json:"notice,omitempty"`
}

// Notice is a message for the person in front of the screen.
type Notice struct {
	Kind     string `json:"kind"`
	Message  string `json:"message"`
	StreamID string `json:"stream_id,omitempty"`
	// EventID and Session name the session whose feeds are to be opened, or offered.
	EventID string `json:"event_id,omitempty"`
	Session string `json:"session,omitempty"`
}

// maxNotices bounds the notices that wait for one subscriber. One that lets more pile up has stopped reading: it is
// dropped, and refetches when it comes back. Events of the other types wait once each, however often they happen.
const maxNotices = 32

var (
	// ErrSlow is returned to a subscriber that did not keep up.
	ErrSlow = errors.New("the subscriber did not keep up")
	// ErrClosed is returned to subscribers once the facade is closed.
	ErrClosed = errors.New("no more events: Gridwall is stopping")
)

// Events hands events to subscribers without ever waiting for one of them.
type Events struct {
	mu     sync.Mutex
	seq    uint64
	subs   map[*Subscription]struct{}
	closed bool
}

// NewEvents returns an Events without subscribers.
func NewEvents() *Events { return &Events{subs: map[*Subscription]struct{}{}} }

// Subscription is one client's queue of events.
type Subscription struct {
	events  *Events
	wake    chan struct{} // holds one token while something waits
	waiting []Event       // under events.mu
	err     error         // under events.mu; sticky
}

// Publish tells all subscribers that something changed. It never blocks.
func (b *Events) Publish(t EventType) { b.publish(t, nil) }

// Notify sends a message for the person in front of the screen. It never blocks.
func (b *Events) Notify(kind, message, streamID string) {
	b.publish(EventNotice, &Notice{Kind: kind, Message: stream.RedactText(message), StreamID: streamID})
}

// Offer sends an offer to open a session's feeds. It never blocks.
func (b *Events) Offer(event, session, message string) {
	b.publish(EventNotice, &Notice{Kind: NoticeOpen, Message: message, EventID: event, Session: session})
}

// Subscribe returns a queue of events from now on. The caller closes it.
func (b *Events) Subscribe() *Subscription {
	s := &Subscription{events: b, wake: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		s.fail(ErrClosed)
		return s
	}
	b.subs[s] = struct{}{}
	return s
}

func (b *Events) publish(t EventType, n *Notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	e := Event{Type: t, Seq: b.seq, At: time.Now().UTC().Truncate(time.Millisecond), Notice: n}
	for s := range b.subs {
		s.put(e)
	}
}

// Close ends all subscriptions. It may be called more than once.
func (b *Events) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subs {
		s.fail(ErrClosed)
	}
	b.subs = nil
}

// put queues e; the caller holds events.mu.
func (s *Subscription) put(e Event) {
	notices := 0
	for _, w := range s.waiting {
		if w.Type == EventNotice {
			notices++
		} else if w.Type == e.Type {
			return // it has not read the last one yet: one refetch serves both
		}
	}
	if e.Type == EventNotice && notices >= maxNotices {
		delete(s.events.subs, s)
		s.fail(ErrSlow)
		return
	}
	s.waiting = append(s.waiting, e)
	s.notify()
}

// fail ends the subscription; the caller holds events.mu.
func (s *Subscription) fail(err error) {
	s.err, s.waiting = err, nil
	s.notify()
}

func (s *Subscription) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Next waits for the next event. It returns ErrSlow, ErrClosed or the context's error when there will be none.
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	for {
		if e, ok, err := s.take(); ok || err != nil {
			return e, err
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	}
}

func (s *Subscription) take() (Event, bool, error) {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	if s.err != nil {
		return Event{}, false, s.err
	}
	if len(s.waiting) == 0 {
		return Event{}, false, nil
	}
	e := s.waiting[0]
	s.waiting = s.waiting[1:]
	return e, true, nil
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	delete(s.events.subs, s)
	if s.err == nil {
		s.fail(ErrClosed)
	}
}
