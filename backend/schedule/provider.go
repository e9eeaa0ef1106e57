package schedule

import (
	"context"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/season"
)

// Provider reads one calendar.
type Provider interface {
	// Key identifies the calendar in the store and in errors, such as "jolpica". It is unique within a Service and contains no
	// token.
	Key() string
	// Events reads the calendar. If single entries are unusable it returns the rest, with an error that says so.
	Events(ctx context.Context, now time.Time) ([]season.Event, error)
}

// Computed is a Provider whose events follow from the time alone. They are never stored and never stale.
type Computed interface {
	Provider
	EventsAt(now time.Time) []season.Event
}

// Store stores what was read. Get returns nil if nothing was stored.
type Store interface {
	Get(key string) ([]byte, error)
	Put(key string, value []byte) error
}

// Calendar is the merged calendar at one time.
type Calendar struct {
	// Events are sorted by their first session. Never nil.
	Events []season.Event `json:"events"`
	// FetchedAt is the time of the oldest reading; nil while a calendar has never been read.
	FetchedAt *time.Time `json:"fetched_at"`
	// Stale reports whether a calendar is older than 24 hours, or was never read.
	Stale bool `json:"stale"`
	// Error says why calendars could not be read, redacted; "" if all could.
	Error string `json:"error"`
}

// Export returns the calendar as iCalendar text for calendar applications to subscribe to. series are the series to list; none
// means all.
func (c Calendar) Export(series []string, now time.Time) []byte {
	stamp := now
	if c.FetchedAt != nil {
		stamp = *c.FetchedAt
	}
	return ics.Write(c.Events, series, stamp)
}
