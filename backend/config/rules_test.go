package config

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/rules"
)

func TestRulesAreReadInTheirOrder(t *testing.T) {
	c, err := Parse("config.toml", []byte(`
[[rule]]
name = "F1 races"
series = "^f1$"
event = "são paulo"
session = "race|sprint"
sources = ["club", "tv"]
titles = ["world feed", "onboard"]
layout = "1+3"
[[rule]]
titles = "timing"
layout = 2
delay = "1m30s"
[[rule]]
delay = 30
[[rule]]
delay = 12.5
`))
	require.NoError(t, err)
	assert.Equal(t, []rules.Rule{
		{Name: "F1 races", Series: "^f1$", Event: "são paulo", Session: "race|sprint", Sources: []string{"club", "tv"}, Titles: []string{"world feed", "onboard"}, Layout: "1+3"},
		{Titles: []string{"timing"}, Layout: "2", Delay: "1m30s"}, {Delay: "30s"}, {Delay: "12.5s"},
	}, c.Rules)
	assert.True(t, c.Fixed("rule"))
	assert.Equal(t, 2, c.Line("rule"))
}

func TestAMistakeInARuleIsReportedWithItsLine(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"expression":        {"[[rule]]\nlayout = 1\n[[rule]]\nname = \"x\"\nseries = \"(f1\"\ntitles = \"a\"\n", `config.toml:5: rule.series: not a regular expression: a ( is never closed; write \( for the character itself`},
		"one of a list":     {"[[rule]]\ntitles = [\n  \"world\",\n  \"*\",\n]\n", `config.toml:4: rule.titles, number 2: not a regular expression: there is nothing before * to repeat; write \* for the character itself`},
		"no effect":         {"\n[[rule]]\nseries = \"f1\"\n", `config.toml:2: rule.titles: the rule has no effect: add sources, titles, a layout or a delay`},
		"spares":            {"[[rule]]\ntitles = \"a\"\nspare = \"yes\"\n", `config.toml:3: rule.spare must be true or false, not a string`},
		"spare_back":        {"[[rule]]\nspare = true\nspare_back = \"10s\"\n", `config.toml:3: rule.spare_back: must be between 1m and 24h`},
		"layout":            {"[[rule]]\nlayout = 7\n", `config.toml:2: rule.layout: unknown layout "7"; known layouts are auto, 1, 2, 1+2, 2x2, 1+3, 1+4, 1+5, 1+6, 1+7, 1+8, 3x3`},
		"delay":             {"[[rule]]\ndelay = \"soon\"\n", `config.toml:2: rule.delay: "soon" is not a delay; write seconds, as in 30, or a duration, as in 1m30s`},
		"delay backwards":   {"[[rule]]\ndelay = -5\n", `config.toml:2: rule.delay: must be between 0s and 1h`},
		"delay of hours":    {"[[rule]]\ndelay = \"2h\"\n", `config.toml:2: rule.delay: must be between 0s and 1h`},
		"delay that is on":  {"[[rule]]\ndelay = true\n", `config.toml:2: rule.delay must be seconds such as 30, or a duration such as "30s", not true or false`},
		"delay of nothing":  {"[[rule]]\ndelay = nan\n", `config.toml:2: rule.delay: "NaNs" is not a delay; write seconds, as in 30, or a duration, as in 1m30s`},
		"misspelt":          {"[[rule]]\ntitels = [\"a\"]\n", `config.toml:2: unknown key "titels"; did you mean "titles"?`},
		"number":            {"[[rule]]\nseries = 1\ntitles = \"a\"\n", `config.toml:2: rule.series must be a regular expression such as "f1", not a number`},
		"list of numbers":   {"[[rule]]\nsources = [1]\n", `config.toml:2: rule.sources must be a list of sources' keys such as ["club"]; it contains a number`},
		"section":           {"[rule]\ntitles = \"a\"\n", `config.toml:1: rule must be written in double brackets: [[rule]]`},
		"preflight text":    {"[notify]\npreflight = \"10m\"\n", `config.toml:2: notify.preflight must be a list of durations such as ["30m", "10m"], not a string`},
		"preflight seconds": {"[notify]\npreflight = [\"30m\", \"10s\"]\n", `config.toml:2: notify.preflight is "10s"; it must be between 1m and 24h`},
		"preflights":        {"[notify]\npreflight = [\"1m\",\"2m\",\"3m\",\"4m\",\"5m\",\"6m\"]\n", `config.toml:2: notify.preflight has 6 durations; at most 5 are allowed`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("config.toml", []byte(tc.in))
			require.Error(t, err)
			assert.Equal(t, tc.want, err.Error())
		})
	}
}

func TestPreflightChecksCanBeTurnedOff(t *testing.T) {
	c, err := Parse("config.toml", []byte("[notify]\npreflight = []\n"))
	require.NoError(t, err)
	assert.Empty(t, c.Notify.Preflight)
	assert.Equal(t, []time.Duration{30 * time.Minute, 10 * time.Minute}, Default().Notify.Preflight)
}
