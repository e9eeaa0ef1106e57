package api

import (
	"time"

	"gridwall/backend/changes"
	"gridwall/backend/stream"
)

// EventType is what changed; the client reads it again.
type EventType string

const (
	EventStreams  EventType = "streams"
	EventActive   EventType = "active"
	EventSources  EventType = "sources"
	EventSchedule EventType = "schedule"
	EventWalls    EventType = "walls"
	EventNotice   EventType = "notice"
)

// Event notifies a client of a change.
type Event struct {
	Type EventType `json:"type" enum:"streams,active,sources,schedule,walls,notice"`
	// Seq grows with every event of this process.
	Seq uint64    `json:"seq"`
	At  time.Time `json:"at"`
	// Notice is the notice; null for the other types.
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

// ErrSlow and ErrClosed end a Subscription; see its Next.
var (
	ErrSlow   = changes.ErrSlow
	ErrClosed = changes.ErrClosed
)

// Events hands events to subscribers without ever waiting for one of them. An event of another type than a notice waits once
// for each subscriber, however often it happens.
type Events struct{ queues *changes.Queues[Event] }

// Subscription is one client's queue of events.
type Subscription = changes.Queue[Event]

// NewEvents returns an Events without subscribers.
func NewEvents() *Events { return &Events{changes.NewQueues[Event]()} }

func (e *Events) publish(kind string, t EventType, n *Notice) {
	e.queues.Publish(kind, func(seq uint64) Event {
		return Event{Type: t, Seq: seq, At: time.Now().UTC().Truncate(time.Millisecond), Notice: n}
	})
}

// Publish notifies all subscribers of a change. It never blocks.
func (e *Events) Publish(t EventType) { e.publish(string(t), t, nil) }

// Notify sends a message for the person in front of the screen. It never blocks.
func (e *Events) Notify(kind, message, streamID string) {
	e.publish("", EventNotice, &Notice{Kind: kind, Message: stream.RedactText(message), StreamID: streamID})
}

// Offer sends an offer to open a session's feeds. It never blocks.
func (e *Events) Offer(event, session, message string) {
	e.publish("", EventNotice, &Notice{Kind: NoticeOpen, Message: message, EventID: event, Session: session})
}

// Subscribe returns a queue of events from now on. The caller closes it.
func (e *Events) Subscribe() *Subscription { return e.queues.Subscribe() }

// Close ends all subscriptions. It may be called more than once.
func (e *Events) Close() { e.queues.Close() }
