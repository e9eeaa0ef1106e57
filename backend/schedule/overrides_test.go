package schedule

import (
	"strings"
	"testing"
	"time"

	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const everyOverride = `# what the calendars do not say
[[override]]
series = "Formula 1"
event = "/moor/"
session = "race"
start = 2026-05-23T15:00:00Z

[[override]]
event = "Lakes Grand Prix"
status = "cancelled"

[[override]]
event = "f1-2026-7"
name = "Hills Sprint Weekend"

[[override]]
series = "f1"
event = "Hills Sprint Weekend"
session = "/^(race|gp)$/"
start = "2026-06-20 15:30"
end = "2026-06-20 19:00"
zone = "Europe/London"
name = "Long race"

[[session]]
event = "/moor/"
name = "Parade"
start = 2026-05-23

[[event]]
series = "Club Cup"
name = "Night of the Lamps"
locality = "Lampton"
round = 3
[[event.session]]
name = "Qualifying"
start = 2026-08-01T18:00:00Z
[[event.session]]
name = "Race"
start = 2026-08-01T20:00:00Z
end = 2026-08-01T21:00:00Z
status = "cancelled"
`

func overridden(t *testing.T, text string) Calendar {
	t.Helper()
	now := saturday.AddDate(0, 0, -30)
	p := &given{key: "one", out: []season.Event{
		race("f1-2026-5", "f1", "Moor Grand Prix", saturday), race("f1-2026-6", "f1", "Lakes Grand Prix", saturday.AddDate(0, 0, 14)),
		race("f1-2026-7", "f1", "Hills Grand Prix", saturday.AddDate(0, 0, 28)),
	}}
	s := New(Options{Providers: []Provider{p}, Now: func() time.Time { return now }})
	s.Refresh(t.Context())
	s.SetOverrides(ParseOverrides("/home/x/overrides.toml", []byte(text), time.UTC))
	return s.Calendar(now)
}

func TestOverridesTakePrecedenceOverCalendars(t *testing.T) {
	c := overridden(t, everyOverride)
	assert.Empty(t, c.Error)
	var got []string
	for _, e := range c.Events {
		for i, line := range testcal.Lines(e) {
			assert.True(t, e.Overridden || e.Sessions[i].Overridden, line)
			got = append(got, e.Name+" | "+line)
		}
	}
	assert.Equal(t, []string{
		"Moor Grand Prix | other | Parade | 2026-05-23",
		"Moor Grand Prix | race | Race | 2026-05-23 15:00 2h0m0s",
		"Lakes Grand Prix | race | Race | 2026-06-06 14:00 2h0m0s | cancelled",
		"Hills Sprint Weekend | race | Long race | 2026-06-20 14:30 3h30m0s",
		"Night of the Lamps | qualifying | Qualifying | 2026-08-01 18:00 1h0m0s",
		"Night of the Lamps | race | Race | 2026-08-01 20:00 1h0m0s | cancelled",
	}, got)
	assert.Equal(t, saturday, *c.Events[0].Sessions[1].MovedFrom, "the calendar's own time is still shown")
	assert.Equal(t, "club-cup-2026-night-of-the-lamps", c.Events[3].ID)
}

func TestABrokenOverrideIsReportedWithItsLineAndTheRestIsUsed(t *testing.T) {
	for says, text := range map[string]string{
		`overrides.toml:3: unknown key "strat"; did you mean "start"?`:              "[[override]]\nevent = \"x\"\nstrat = 2026-05-23T15:00:00Z\n",
		`overrides.toml:1: unknown key "overide"`:                                   "[[overide]]\nevent = \"x\"\n",
		`overrides.toml:1: session must be written in double brackets`:              "[session]\nevent = \"x\"\n",
		`overrides.toml:2: event is not a regular expression`:                       "[[override]]\nevent = \"/(/\"\nstatus = \"cancelled\"\n",
		`overrides.toml:2: event must be a string in quotes`:                        "[[override]]\nevent = 7\nstatus = \"cancelled\"\n",
		`overrides.toml:3: status is "off"; it must be "cancelled" or "scheduled"`:  "[[override]]\nevent = \"x\"\nstatus = \"off\"\n",
		`overrides.toml:3: start is "soon"; write it like`:                          "[[override]]\nsession = \"race\"\nstart = \"soon\"\n",
		`overrides.toml:3: start must be a date with a time`:                        "[[override]]\nsession = \"race\"\nstart = 7\n",
		`overrides.toml:3: start: an impossible date: 1970-01-01`:                   "[[override]]\nsession = \"race\"\nstart = 1970-01-01T00:00:00Z\n",
		`overrides.toml:3: start: an impossible date: 2100-01-01`:                   "[[override]]\nsession = \"race\"\nstart = 2100-01-01\n",
		`overrides.toml:4: the end is not after the start`:                          "[[override]]\nsession = \"race\"\nstart = 2026-05-23T15:00:00Z\nend = 2026-05-23T14:00:00Z\n",
		`overrides.toml:3: the time zone "Moon" is not known`:                       "[[override]]\nsession = \"race\"\nzone = \"Moon\"\nstart = \"2026-05-23 15:00\"\n",
		`overrides.toml:3: start and end need a session`:                            "[[override]]\nevent = \"x\"\nstart = 2026-05-23T15:00:00Z\n",
		`overrides.toml:1: an override must set start, end, status or name`:         "[[override]]\nevent = \"x\"\n",
		`overrides.toml:1: an override must name a series, an event or a session`:   "[[override]]\nstatus = \"cancelled\"\n",
		`overrides.toml:1: a session needs a start`:                                 "[[session]]\nevent = \"x\"\nname = \"Race\"\n",
		`overrides.toml:1: a session needs the name of its event`:                   "[[session]]\nname = \"Race\"\nstart = 2026-05-23\n",
		`overrides.toml:4: type is "warmup"; it must be one of`:                     "[[session]]\nevent = \"x\"\nname = \"Race\"\ntype = \"warmup\"\nstart = 2026-05-23\n",
		`overrides.toml:1: an event needs one to 64 sessions`:                       "[[event]]\nseries = \"x\"\nname = \"y\"\n",
		`overrides.toml:6: start is "never"`:                                        "[[event]]\nseries = \"x\"\nname = \"y\"\n[[event.session]]\nname = \"Race\"\nstart = \"never\"\n",
		`overrides.toml:1: nothing in the calendar matches this override`:           "[[override]]\nevent = \"nowhere\"\nstatus = \"cancelled\"\n",
		`overrides.toml:1: no event matches, so the session is left out`:            "[[session]]\nevent = \"nowhere\"\nname = \"Race\"\nstart = 2026-06-23\n",
		`overrides.toml:1: the end is not after the start of Moor Grand Prix, Race`: "[[override]]\nevent = \"/moor/\"\nsession = \"race\"\nend = 2026-05-23T13:00:00Z\n",
	} {
		c := overridden(t, text+"\n[[override]]\nevent = \"Lakes Grand Prix\"\nsession = \"race\"\nname = \"Still read\"\n")
		assert.True(t, strings.HasPrefix(c.Error, says), "want %s\ngot  %s", says, c.Error)
		assert.NotContains(t, c.Error, "\n")
		require.Len(t, c.Events, 3, says)
		assert.Equal(t, "Still read", c.Events[1].Sessions[0].Name, says)
	}
	c := overridden(t, "[[override]]\nevent = \"Lakes Grand Prix\nstatus = \"cancelled\"\n")
	assert.Regexp(t, `^overrides\.toml:2: .`, c.Error)
	assert.Len(t, c.Events, 3, "invalid TOML leaves the calendars alone")
}

func TestAnOldOverrideThatNoLongerMatchesIsNotReported(t *testing.T) {
	assert.Empty(t, overridden(t, "[[override]]\nevent = \"/last year/\"\nsession = \"race\"\nstart = 2025-05-23T15:00:00Z\n").Error)
}
