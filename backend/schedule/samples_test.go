package schedule

import (
	"context"
	"testing"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/season"
)

// may2030 is the time at which these tests read calendars.
var may2030 = time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)

// readICS reads an iCalendar text as a calendar of the series.
func readICS(t testing.TB, body, series string, now time.Time) ([]season.Event, error) {
	t.Helper()
	return ics.New("copy:test", series, func(context.Context, string) ([]byte, error) { return []byte(body), nil }).Events(t.Context(), now)
}
