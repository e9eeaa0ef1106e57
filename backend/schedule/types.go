package schedule

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

// Calendar is everything that is known at one moment.
type Calendar struct {
	// Events are sorted by their first session. Never nil.
	Events []Event `json:"events"`
	// FetchedAt is when the calendar that has waited longest was read; nil while one was never read.
	FetchedAt *time.Time `json:"fetched_at"`
	// Stale reports whether a calendar is older than 24 hours, or was never read.
	Stale bool `json:"stale"`
	// Error says for each calendar that could not be read why, redacted; "" when all is well.
	Error string `json:"error"`
}

// Fetch gets the body at an address. Its errors hold no token. A status other than 200 is an error.
type Fetch func(ctx context.Context, url string) ([]byte, error)

// Provider reads one calendar.
type Provider interface {
	// Key names the calendar in the store and in errors, such as "jolpica"; no two of a Service are the same. It
	// holds no token.
	Key() string
	// Events reads the calendar. Where single entries are unusable it returns the rest, with an error that says so.
	Events(ctx context.Context, now time.Time) ([]Event, error)
}

// Computed is a Provider whose events follow from the time alone. They are never stored and never stale.
type Computed interface {
	Provider
	EventsAt(now time.Time) []Event
}

// Store keeps what was read. Get returns nil where nothing was kept.
type Store interface {
	Get(key string) ([]byte, error)
	Put(key string, value []byte) error
}

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
	// maxEvents bounds what one calendar brings; the rest is left out with an error.
	maxEvents = 2000
	// maxSessions bounds the sessions of one event.
	maxSessions = 64
	// The years that a calendar can mean. Broken ones show as 1970 (a zero) or far in the future.
	minYear, maxYear = 1980, 2099
)

// defaultLength is how long a session takes where its calendar does not say.
func defaultLength(t Type) time.Duration {
	switch t {
	case SprintQualifying:
		return 45 * time.Minute
	case Race:
		return 2 * time.Hour
	}
	return time.Hour
}

// statusAt is where the session stands at now.
func (s *Session) statusAt(now time.Time) Status {
	switch {
	case s.Status == Cancelled:
		return Cancelled
	case s.InDoubt && s.Start != nil: // it is never live
		if now.Before(*s.Start) || s.End != nil && now.Before(*s.End) {
			return Upcoming
		}
		return Past
	case s.Start == nil:
		day, err := time.Parse(time.DateOnly, s.Date)
		if err == nil && !now.Before(day.AddDate(0, 0, 1)) {
			return Past
		}
		return Upcoming
	case now.Before(*s.Start):
		return Upcoming
	case s.End != nil && now.Before(*s.End):
		return Live
	}
	return Past
}

// begins is the session's start, or that of its day; the zero time where not even that is known.
func (s *Session) begins() time.Time {
	if s.Start != nil {
		return *s.Start
	}
	day, _ := time.Parse(time.DateOnly, s.Date)
	return day
}

// begins is when the first session does. One whose date is in doubt counts only where all are.
func (e *Event) begins() time.Time {
	var first, doubtful time.Time
	for i := range e.Sessions {
		b, of := e.Sessions[i].begins(), &first
		if e.Sessions[i].InDoubt {
			of = &doubtful
		}
		if !b.IsZero() && (of.IsZero() || b.Before(*of)) {
			*of = b
		}
	}
	if first.IsZero() {
		return doubtful
	}
	return first
}
