package lineup

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/season"
)

func TestARuleMakesSparesForTheFeedsItSelects(t *testing.T) {
	over := monaco()
	for i := range over.Sessions {
		over.Sessions[i].Status = season.Past
	}
	for name, tc := range map[string]struct {
		rules  []Rule
		event  season.Event
		title  string
		spares bool
	}{
		"no rule":                        {nil, monaco(), "World feed", false},
		"a rule without spares":          {[]Rule{{Titles: []string{"world"}}}, monaco(), "World feed", false},
		"for all sessions":               {[]Rule{{Titles: []string{"world"}, Spare: true}}, over, "World feed", true},
		"that selects another feed":      {[]Rule{{Titles: []string{"onboard"}, Spare: true}}, monaco(), "World feed", false},
		"that selects all feeds":         {[]Rule{{Spare: true}}, over, "Anything", true},
		"for the live session":           {[]Rule{{Series: "f1", Titles: []string{"world"}, Spare: true}}, monaco(), "World feed", true},
		"for a session that is over":     {[]Rule{{Series: "f1", Titles: []string{"world"}, Spare: true}}, over, "World feed", false},
		"for another series":             {[]Rule{{Series: "wec", Titles: []string{"world"}, Spare: true}}, monaco(), "World feed", false},
		"behind the rule that decides":   {[]Rule{{Series: "f1", Titles: []string{"x"}}, {Series: "f1", Titles: []string{"world"}, Spare: true}}, monaco(), "World feed", false},
		"for feeds by their titles":      {[]Rule{{Session: "race", Spare: true}}, monaco(), "Monaco Grand Prix Race", true},
		"for feeds that name no session": {[]Rule{{Session: "race", Spare: true}}, monaco(), "Cooking", false},
	} {
		r := newRig(t, []season.Event{tc.event})
		r.setRules(tc.rules...)
		_, ok := r.Spare(live("tv", tc.title))
		assert.Equal(t, tc.spares, ok, name)
	}
	r := newRig(t, nil)
	r.setRules(Rule{Spare: true, SpareBack: "5m"})
	back, ok := r.Spare(live("tv", "A"))
	assert.True(t, ok)
	assert.Equal(t, 5*time.Minute, back)
}
