package season

import (
	"context"
	"errors"
	"time"
)

// Type is what kind of session a session is.
type Type string

// The types of sessions, as the contract names them.
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

// Status is where a session stands at the time of asking.
type Status string

// The statuses of sessions, as the contract names them.
const (
	Past      Status = "past"
	Live      Status = "live"
	Upcoming  Status = "upcoming"
	Cancelled Status = "cancelled"
)

// Event is one weekend of one series.
type Event struct {
	// ID stays the same from one reading of a calendar to the next. No two events of a Calendar have the same.
	ID string `json:"id"`
	// NameID is the id that the event would have without its past, as a reading without a database makes it; "" where that
	// is ID.
	NameID string `json:"name_id,omitempty"`
	Series string `json:"series"`
	// Season is a year such as "2026"; "" where the calendar does not say.
	Season string `json:"season"`
	// Round counts from 1; 0 where the calendar does not say.
	Round    int    `json:"round"`
	Name     string `json:"name"`
	Circuit  string `json:"circuit"`
	Locality string `json:"locality"`
	Country  string `json:"country"`
	// Sessions are sorted by their start.
	Sessions []Session `json:"sessions"`
	// Calendar and Color are the name and the colour of the calendar that names the event, as the user chose them; ""
	// where he chose none. They are added on reading.
	Calendar string `json:"calendar,omitempty"`
	Color    string `json:"color,omitempty"`
	// Overridden reports whether the overrides' file says something of the event itself, or adds it.
	Overridden bool `json:"overridden,omitempty"`
}

// Session is one practice, qualifying, sprint or race.
type Session struct {
	Type Type   `json:"type"`
	Name string `json:"name"`
	// Start and End are nil where the time is not known yet.
	Start *time.Time `json:"start"`
	End   *time.Time `json:"end"`
	// Date is the day (2026-05-24) of a session without a time; "" for all others.
	Date string `json:"date,omitempty"`
	// Status is worked out on reading; what is kept of it is "cancelled" alone.
	Status Status `json:"status"`
	// MovedFrom is the start that an earlier reading said; nil where the session was not moved. MovedAt is when that
	// was noticed; the zero time where the calendar itself says it.
	MovedFrom *time.Time `json:"moved_from,omitempty"`
	MovedAt   time.Time  `json:"moved_at,omitzero"`
	// OverTime reports whether feeds of the session still move: its end is open. It is true from shortly before the planned
	// end on, which End goes on to tell.
	OverTime bool `json:"over_time,omitempty"`
	// Overridden reports whether the overrides' file changes or adds the session.
	Overridden bool `json:"overridden,omitempty"`
	// UID is the calendar's own name for the session, where it has one.
	UID string `json:"uid,omitempty"`
	// InDoubt is true where the date contradicts those of the event's other sessions.
	InDoubt bool `json:"in_doubt,omitempty"`
	// Guessed reports whether the calendar does not say how long the session takes: End is the usual one.
	Guessed bool `json:"guessed,omitempty"`
}

// Fetch gets the body at an address. Its errors hold no token. A status other than 200 is an error.
type Fetch func(ctx context.Context, url string) ([]byte, error)

var (
	// ErrFormat is returned when an answer is not the calendar that its provider reads.
	ErrFormat = errors.New("not the calendar that was expected")
	// ErrTooLarge is returned for an answer of more than MaxBody bytes.
	ErrTooLarge = errors.New("the calendar is larger than 4 MiB")
	// ErrDate is returned for a date that no calendar can mean, such as one in 1970.
	ErrDate = errors.New("a date that cannot be meant")
	// ErrEmpty is returned when a calendar lists no event.
	ErrEmpty = errors.New("the calendar lists no event")
)

const (
	// MaxBody is the largest calendar that is read, in bytes. A full season of any series takes a tenth of it.
	MaxBody = 4 << 20
	// MaxEvents bounds what one calendar brings; the rest is left out with an error.
	MaxEvents = 2000
	// MaxSessions bounds the sessions of one event.
	MaxSessions = 64
	// The years that a calendar can mean. Broken ones show as 1970 (a zero) or far in the future.
	minYear, maxYear = 1980, 2099
)
