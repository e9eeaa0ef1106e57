package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// check holds what must be true of whatever a parser returns.
func check(t *testing.T, events []Event, err error) {
	if err == nil {
		assert.NotEmpty(t, events, "no event is an error")
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
			assert.Contains(t, []Status{Past, Live, Upcoming, Cancelled}, s.statusAt(now))
		}
	}
}

func FuzzJolpica(f *testing.F) {
	f.Add(file(f, "jolpica.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := parseJolpica(body)
		check(t, events, err)
	})
}

func FuzzF1Calendar(f *testing.F) {
	f.Add(file(f, "f1calendar.json"), file(f, "f1calendar-config.json"))
	f.Fuzz(func(t *testing.T, body, config []byte) {
		events, err := parseF1Calendar(body, "f1", 2026, parseLengths(config))
		check(t, events, err)
	})
}

func FuzzICS(f *testing.F) {
	f.Add(file(f, "cup.ics"))
	f.Add(file(f, "club.ics"))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := parseICS(body, "", saturday)
		check(t, events, err)
	})
}

func FuzzOverrides(f *testing.F) {
	f.Add([]byte(everyOverride))
	f.Fuzz(func(t *testing.T, text []byte) {
		o := ParseOverrides("overrides.toml", text, time.UTC)
		for _, p := range o.Problems() {
			assert.Regexp(t, `^overrides\.toml(:\d+)?: [^\n]+$`, p)
		}
		events, problems := o.apply([]Event{race("f1-2026-5", "f1", "Moor Grand Prix", saturday)}, saturday, true)
		for _, p := range problems {
			assert.NotContains(t, p, "\n")
		}
		check(t, events, nil)
	})
}
