// Package testcal has what the tests of all calendar readers share: iCalendar texts, the sessions of an event in a form that
// is easy to compare, and what every reader's events must satisfy.
//
// What does not live here: the sample files, which are in the readers' testdata.
package testcal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/season"
)

// File returns a file of the calling package's testdata.
func File(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return body
}

// Lines returns the sessions of an event, one line each: type, name, start (or date) and length.
func Lines(e season.Event) (out []string) {
	for _, s := range e.Sessions {
		when := s.Date
		if s.Start != nil {
			when = s.Start.Format("2006-01-02 15:04") + " " + s.End.Sub(*s.Start).String()
		}
		line := string(s.Type) + " | " + s.Name + " | " + when
		if s.Status == season.Cancelled {
			line += " | cancelled"
		}
		out = append(out, line)
	}
	return out
}

// Check asserts what holds for every result of a reader.
func Check(t *testing.T, events []season.Event, err error) {
	t.Helper()
	if err == nil {
		assert.NotEmpty(t, events, "a calendar without events is an error")
	}
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, e := range events {
		assert.NotEmpty(t, e.ID)
		assert.NotEmpty(t, e.Name)
		assert.NotEmpty(t, e.Sessions)
		for _, s := range e.Sessions {
			assert.Equal(t, s.Start == nil, s.End == nil)
			assert.Equal(t, s.Start == nil, s.Date != "")
			if s.Start != nil {
				assert.True(t, s.End.After(*s.Start))
				assert.Equal(t, time.UTC, s.Start.Location())
			}
			assert.Contains(t, []season.Status{season.Past, season.Live, season.Upcoming, season.Cancelled}, s.StatusAt(now))
		}
	}
}

// Repeated repeats part, with a counter for %d, up to a length.
func Repeated(part string, length int) string {
	var b strings.Builder
	for i := 0; b.Len() < length; i++ {
		b.WriteString(strings.ReplaceAll(part, "%d", fmt.Sprint(100000+i)))
	}
	return b.String()
}

// Text joins lines as a calendar does.
func Text(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// Event returns a VEVENT with these lines.
func Event(lines ...string) string {
	return "BEGIN:VEVENT\r\n" + Text(lines...) + "END:VEVENT\r\n"
}

// Calendar returns a VCALENDAR of these parts.
func Calendar(parts ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(parts, "") + "END:VCALENDAR\r\n"
}
