package notify

import "gridwall/app/api"

// Kind is the subject of a message.
type Kind string

// The kinds.
const (
	// Session: a session begins soon, or has begun.
	Session Kind = "session"
	// Ready: a session's feeds were checked, and all are ready. Trouble: at least one is not, or there are none.
	Ready   Kind = "ready"
	Trouble Kind = "trouble"
	// Feed: a feed can no longer be renewed.
	Feed Kind = "feed"
	// Done: an action that the user started outside the page, such as in the tray, is done.
	Done Kind = "done"
)

// Message is one notification.
type Message struct {
	Kind Kind
	// About names the subject: a newer message with the same About replaces this one.
	About       string
	Title, Body string
	Action      Action
}

// Action is the target of a click on a message: the grid with a session's feeds, or a page. The zero Action only opens the
// window.
type Action struct {
	// Event is an event's id, Session the name of one of its sessions.
	Event, Session string
	Page           string
}

// label returns the text of the action's button.
func (a Action) label() string {
	switch {
	case a.Event != "":
		return "Watch"
	case a.Page == "sources":
		return "Open sources"
	}
	return "Open Gridwall"
}

// Sender shows messages. Send returns an error if m was not shown.
type Sender interface{ Send(m Message) error }

// Page is a Sender that shows messages in the page, as notices.
type Page struct {
	// Notify is the method of app/api.API.
	Notify func(kind, message, streamID string)
}

// Send shows m as a notice, unless it is about a failing feed: the detector of the failure has already sent a notice.
func (p Page) Send(m Message) error {
	kind := api.NoticeSession
	switch m.Kind {
	case Feed:
		return nil
	case Done:
		kind = api.NoticeDone
	case Ready:
		kind = api.NoticeReady
	case Trouble:
		kind = api.NoticeWarning
	}
	text := m.Title
	if m.Body != "" {
		text += " · " + m.Body
	}
	p.Notify(kind, text, "")
	return nil
}

// Either is a Sender that uses First, and Second if First fails.
type Either struct{ First, Second Sender }

// Send shows m. It returns an error if both fail.
func (e Either) Send(m Message) error {
	if err := e.First.Send(m); err == nil {
		return nil
	}
	return e.Second.Send(m)
}
