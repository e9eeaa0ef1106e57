package notify

import "gridwall/app/api"

// Kind is the subject of a message.
type Kind string

// The kinds.
const (
	// Session: a session begins soon, or has begun.
	Session Kind = "session"
	// Ready: a session's feeds were checked, and all are ready. Trouble: something is wrong with one.
	Ready   Kind = "ready"
	Trouble Kind = "trouble"
	// Feed: a feed can no longer be renewed.
	Feed Kind = "feed"
	// Done: something that was asked for outside the page is done.
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

// Action is what a click on a message opens: the grid with a session's feeds, or a page; nothing in particular where
// all is empty.
type Action struct {
	// Event is an event's id, Session the name of one of its sessions.
	Event, Session string
	Page           string
}

// label returns the text of a button with the action.
func (a Action) label() string {
	switch {
	case a.Event != "":
		return "Watch"
	case a.Page == "sources":
		return "Open sources"
	}
	return "Open Gridwall"
}

// Sender shows a message. It returns an error where the message was not shown.
type Sender interface{ Send(Message) error }

// Page shows messages in the page, as notices.
type Page struct {
	// Notify is app/api.API's.
	Notify func(kind, message, streamID string)
}

// Send makes a notice of m. A feed that fails is a notice of its own already, from where it was found out.
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

// Either sends by First, or by Second where First fails.
type Either struct{ First, Second Sender }

// Send shows m.
func (e Either) Send(m Message) error {
	if err := e.First.Send(m); err == nil {
		return nil
	}
	return e.Second.Send(m)
}
