package ics

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/season"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return body
}

// lines returns the sessions of an event in a form that is easy to compare: type, name, start, length.
func lines(e season.Event) (out []string) {
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

// check asserts what holds for every result of a parser.
func check(t *testing.T, events []season.Event, err error) {
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

// repeated repeats part, with a counter for %d, up to a length.
func repeated(part string, length int) string {
	var b strings.Builder
	for i := 0; b.Len() < length; i++ {
		b.WriteString(strings.ReplaceAll(part, "%d", fmt.Sprint(100000+i)))
	}
	return b.String()
}

// may2030 is the time at which these tests read calendars.
var may2030 = time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)

// icsText joins lines as a calendar does.
func icsText(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// vevent returns an entry with these lines.
func vevent(lines ...string) string {
	return "BEGIN:VEVENT\r\n" + icsText(lines...) + "END:VEVENT\r\n"
}

func vcalendar(parts ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(parts, "") + "END:VCALENDAR\r\n"
}

var saturday = time.Date(2026, 5, 23, 14, 0, 0, 0, time.UTC)
