package api

import (
	"time"

	"gridwall/backend/changes"
	"gridwall/backend/screens"
	"gridwall/backend/stream"
)

// EventType names what has changed; the client then fetches it again.
type EventType string

const (
	EventStreams  EventType = "streams"
	EventActive   EventType = "active"
	EventSources  EventType = "sources"
	EventSchedule EventType = "schedule"
	EventWalls    EventType = "walls"
	EventOffsets  EventType = "offsets"
	EventScreens  EventType = "screens"
	EventSettings EventType = "settings"
	EventNotice   EventType = "notice"
)

// Event notifies a client of a change.
type Event struct {
	Type EventType `json:"type" enum:"streams,active,sources,schedule,walls,offsets,screens,settings,notice"`
	// Seq grows with every event of this process.
	Seq uint64    `json:"seq"`
	At  time.Time `json:"at"`
	// Notice is set for EventNotice only.
	Notice *Notice `json:"notice,omitempty"`
	// Order is set for an EventScreens that passes a command to a screen; without it, the list of screens or a state has changed.
	Order *ScreenOrder `json:"order,omitempty" doc:"A command for one screen; only the event stream with ?screen= of that screen has it."`
}

// Notice is a message for the person in front of the screen.
type Notice struct {
	Kind     string `json:"kind"`
	Message  string `json:"message"`
	StreamID string `json:"stream_id,omitempty"`
	// EventID and Session name the session whose feeds the page should open or offer.
	EventID string `json:"event_id,omitempty"`
	Session string `json:"session,omitempty"`
}

// ErrSlow and ErrClosed end a Subscription; see its Next.
var (
	ErrSlow   = changes.ErrSlow
	ErrClosed = changes.ErrClosed
)

// Events distributes events to subscribers and never waits for one of them. In the queue of a subscriber, events of the same type
// are merged into one, except notices.
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

// order passes a command to a screen.
func (e *Events) order(o screens.Order) {
	e.queues.Publish("", func(seq uint64) Event {
		return Event{Type: EventScreens, Seq: seq, At: time.Now().UTC().Truncate(time.Millisecond), Order: (*ScreenOrder)(&o)}
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

// Subscribe returns a queue of the events from now on. The caller closes it.
func (e *Events) Subscribe() *Subscription { return e.queues.Subscribe() }

// Close ends all subscriptions. It may be called more than once.
func (e *Events) Close() { e.queues.Close() }
