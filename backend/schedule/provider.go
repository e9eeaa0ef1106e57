package schedule

import (
	"context"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/season"
)

// Provider reads one calendar.
type Provider interface {
	// Key names the calendar in the store and in errors, such as "jolpica"; no two of a Service are the same. It
	// holds no token.
	Key() string
	// Events reads the calendar. Where single entries are unusable it returns the rest, with an error that says so.
	Events(ctx context.Context, now time.Time) ([]season.Event, error)
}

// Computed is a Provider whose events follow from the time alone. They are never stored and never stale.
type Computed interface {
	Provider
	EventsAt(now time.Time) []season.Event
}

// Store keeps what was read. Get returns nil where nothing was kept.
type Store interface {
	Get(key string) ([]byte, error)
	Put(key string, value []byte) error
}

// Calendar is everything that is known at one moment.
type Calendar struct {
	// Events are sorted by their first session. Never nil.
	Events []season.Event `json:"events"`
	// FetchedAt is when the calendar that has waited longest was read; nil while one was never read.
	FetchedAt *time.Time `json:"fetched_at"`
	// Stale reports whether a calendar is older than 24 hours, or was never read.
	Stale bool `json:"stale"`
	// Error says for each calendar that could not be read why, redacted; "" when all is well.
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
