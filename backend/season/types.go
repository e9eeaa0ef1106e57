package season

import (
	"context"
	"errors"
	"time"
)

// Type is the kind of a session.
type Type string

// The types of sessions, as the API names them.
const (
	FP1              Type = "fp1"
	FP2              Type = "fp2"
	FP3              Type = "fp3"
	Qualifying       Type = "qualifying"
	SprintQualifying Type = "sprint_qualifying"
	Sprint           Type = "sprint"
	Race             Type = "race"
	Other            Type = "other"
)

// Status is the state of a session at a given time.
type Status string

// The statuses of sessions, as the API names them.
const (
	Past      Status = "past"
	Live      Status = "live"
	Upcoming  Status = "upcoming"
	Cancelled Status = "cancelled"
)

// Event is one weekend of one series.
type Event struct {
	// ID stays the same when the calendar is read again. It is unique within a calendar.
	ID string `json:"id"`
	// NameID is the id that the event would have if the calendar were read without a database; "" if it is ID.
	NameID string `json:"name_id,omitempty"`
	Series string `json:"series"`
	// Season is a year such as "2026"; "" if the calendar has none.
	Season string `json:"season"`
	// Round counts from 1; 0 if the calendar has none.
	Round    int    `json:"round"`
	Name     string `json:"name"`
	Circuit  string `json:"circuit"`
	Locality string `json:"locality"`
	Country  string `json:"country"`
	// Sessions are sorted by their start.
	Sessions []Session `json:"sessions"`
	// Calendar and Color are the user's name and colour for the calendar that names the event; "" if there is none. They are
	// added when calendars are merged.
	Calendar string `json:"calendar,omitempty"`
	Color    string `json:"color,omitempty"`
	// Overridden reports whether the overrides file changes or adds the event itself.
	Overridden bool `json:"overridden,omitempty"`
}

// Session is one practice, qualifying, sprint or race.
type Session struct {
	Type Type   `json:"type"`
	Name string `json:"name"`
	// Start and End are nil while the time is unknown.
	Start *time.Time `json:"start"`
	End   *time.Time `json:"end"`
	// Date is the day (2026-05-24) of a session without a time; "" for all others.
	Date string `json:"date,omitempty"`
	// Status is computed for the time of a request; only "cancelled" is stored.
	Status Status `json:"status"`
	// MovedFrom is the previous start of a session that was moved; nil for others. MovedAt is when the move was noticed; the zero
	// time if the calendar itself reports it.
	MovedFrom *time.Time `json:"moved_from,omitempty"`
	MovedAt   time.Time  `json:"moved_at,omitzero"`
	// OverTime reports whether the session's streams still run near or after its planned end, so that its end is open. End stays
	// the planned end.
	OverTime bool `json:"over_time,omitempty"`
	// Overridden reports whether the overrides file changes or adds the session.
	Overridden bool `json:"overridden,omitempty"`
	// UID is the calendar's own identifier of the session, if it has one.
	UID string `json:"uid,omitempty"`
	// InDoubt reports whether the date contradicts the dates of the event's other sessions.
	InDoubt bool `json:"in_doubt,omitempty"`
	// Guessed reports whether End is a guess by the usual length, because the calendar has no end.
	Guessed bool `json:"guessed,omitempty"`
}

// Fetch returns the body at an address. Its errors contain no token. A status other than 200 is an error: a *BusyError if the
// answer has a Retry-After.
type Fetch func(ctx context.Context, url string) ([]byte, error)

// BusyError is returned when a server does not answer with a calendar, but says when to ask again (Retry-After).
type BusyError struct {
	Err error
	// RetryAfter is how long to wait; more than 0.
	RetryAfter time.Duration
}

func (e *BusyError) Error() string { return e.Err.Error() }
func (e *BusyError) Unwrap() error { return e.Err }

var (
	// ErrFormat is returned for a document that is not in the format of its provider.
	ErrFormat = errors.New("not the calendar that was expected")
	// ErrTooLarge is returned for an answer of more than MaxBody bytes.
	ErrTooLarge = errors.New("the calendar is larger than 4 MiB")
	// ErrDate is returned for an implausible date, such as one in 1970.
	ErrDate = errors.New("an impossible date")
	// ErrEmpty is returned when a calendar has no events.
	ErrEmpty = errors.New("the calendar has no events")
)

const (
	// MaxBody bounds a calendar, in bytes. A full season of any series takes a tenth of it.
	MaxBody = 4 << 20
	// MaxEvents bounds the events of one calendar; the rest is left out with an error.
	MaxEvents = 2000
	// MaxSessions bounds the sessions of one event.
	MaxSessions = 64
	// minYear and maxYear bound the plausible years. A broken date is often in 1970 (a zero) or far in the future.
	minYear, maxYear = 1980, 2099
)
