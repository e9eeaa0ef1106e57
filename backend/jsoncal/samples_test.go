package jsoncal

import (
	"os"
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
