package lineup

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/rules"
	"gridwall/backend/season"
	"gridwall/backend/stream"
)

func TestRulesSurviveARestartAndFollowThoseOfConfig(t *testing.T) {
	fixed := rules.Rule{Name: "Config's", Titles: []string{"a"}}
	r := newRig(t, []season.Event{monaco()})
	r.restart(fixed)
	mine := Rule{Name: "Mine", Series: "f1", Event: "monaco", Session: "race", Sources: []string{"tv"}, Titles: []string{"world", "onboard"}, Layout: "1+3"}
	forged := Rule{Name: "Forged", Titles: []string{"x"}, Fixed: true}
	r.setRules(forged, mine, Rule{Layout: "2x2"})
	want := []Rule{{Name: "Config's", Sources: []string{}, Titles: []string{"a"}, Fixed: true}, mine, {Sources: []string{}, Titles: []string{}, Layout: "2x2"}}
	assert.Equal(t, want, r.Rules())
	assert.EqualValues(t, 1, r.changes.Load())
	r.restart(fixed)
	assert.Equal(t, want, r.Rules(), "with every field")
	require.NoError(t, r.SetRules(r.Rules()), "a client can send back what it received")
	assert.Equal(t, want, r.Rules())
	r.restart()
	assert.Equal(t, want[1:], r.Rules(), "config.toml's are not saved")
}

func TestRulesThatAreInvalidOrCannotBeSavedChangeNothing(t *testing.T) {
	r := newRig(t, []season.Event{monaco()}, live("tv", "A"))
	r.setRules(Rule{Titles: []string{"a"}})
	err := r.SetRules([]Rule{{Titles: []string{"b"}}, {Name: " B \n", Titles: []string{"("}}})
	assert.ErrorIs(t, err, stream.ErrInvalid)
	err = r.SetRules([]Rule{{Titles: []string{"b"}}, {Titles: []string{"("}}})
	assert.ErrorIs(t, err, stream.ErrInvalid)
	assert.ErrorContains(t, err, "number 2", "a rule without a name is named by its position")
	err = r.SetRules([]Rule{{Name: "Bad", Titles: []string{"("}}})
	assert.ErrorContains(t, err, "“Bad”")
	many := make([]Rule, rules.Most+1)
	for i := range many {
		many[i] = Rule{Titles: []string{fmt.Sprint(i)}}
	}
	assert.ErrorIs(t, r.SetRules(many), stream.ErrInvalid)
	assert.NoError(t, r.SetRules(append([]Rule{{Fixed: true}}, many[1:]...)), "a fixed rule does not count")
	r.setRules(Rule{Titles: []string{"a"}})
	before := r.changes.Load()

	r.docs.saveErr = errDisk
	assert.ErrorIs(t, r.SetRules(nil), errDisk)
	assert.Equal(t, []string{"A"}, r.titles("", ""), "the old rules still decide")
	assert.Equal(t, before, r.changes.Load())
}

func TestInvalidSavedRulesAreDropped(t *testing.T) {
	r := newRig(t, []season.Event{monaco()}, live("tv", "A"))
	r.docs.rules = []byte(`[{"name":"Old","titles":["("]},{"titles":["a"]},{"name":"Sly","titles":["a"],"fixed":true}]`)
	r.restart()
	assert.Equal(t, []Rule{{Sources: []string{}, Titles: []string{"a"}}, {Name: "Sly", Sources: []string{}, Titles: []string{"a"}}}, r.Rules(), "only rules of config.toml are fixed")
	assert.Equal(t, []string{"A"}, r.titles("", ""))
	assert.Contains(t, r.log.String(), "“Old”")
	r.docs.rules = []byte(`{`)
	r.restart()
	assert.Empty(t, r.Rules())
	assert.Contains(t, r.log.String(), "cannot read the saved rules")

	r.docs.readErr = errDisk
	_, err := New(Options{Documents: &r.docs})
	assert.ErrorIs(t, err, errDisk, "rules that may still be there are not overwritten by an empty list")
}

func TestAPreviewShowsWhatARuleWouldMatchAtItsPosition(t *testing.T) {
	past := event("Spa", session(season.Race, "Race", season.Past, -90), session(season.Sprint, "Sprint", season.Cancelled, -95))
	listed := []stream.Stream{live("tv", "World"), live("web", "Onboard"), live("tv", "F1 Monaco")}
	r := newRig(t, []season.Event{past, monaco()}, listed...)
	r.setRules(Rule{Name: "Quali", Session: "qualifying", Titles: []string{"x"}}, Rule{Session: "parade", Titles: []string{"x"}})
	sessions := func(p Preview) (out []string) {
		for _, s := range p.Sessions {
			line := s.Event.Name + " " + s.Session.Name
			if !s.Decided {
				line += ", decided by " + s.By
			}
			out = append(out, line)
		}
		return out
	}
	world := Rule{Titles: []string{"world"}}
	for name, tc := range map[string]struct {
		rule     Rule
		place    int
		sessions []string
		streams  []string
	}{
		"after all": {world, -1, []string{
			"Monaco Grand Prix Race", "Monaco Grand Prix Parade, decided by number 2", "Spa Race", "Monaco Grand Prix Qualifying, decided by “Quali”", "Spa Sprint",
		}, []string{"World"}},
		"before the second": {world, 1, []string{
			"Monaco Grand Prix Race", "Monaco Grand Prix Parade", "Spa Race", "Monaco Grand Prix Qualifying, decided by “Quali”", "Spa Sprint",
		}, []string{"World"}},
		"before all":              {world, 0, []string{"Monaco Grand Prix Race", "Monaco Grand Prix Parade", "Spa Race", "Monaco Grand Prix Qualifying", "Spa Sprint"}, []string{"World"}},
		"at an index beyond all":  {Rule{Session: "parade", Titles: []string{"world"}}, 99, []string{"Monaco Grand Prix Parade, decided by number 2"}, []string{"World"}},
		"by a session's type":     {Rule{Session: "^other$", Titles: []string{"world"}}, 0, []string{"Monaco Grand Prix Parade"}, []string{"World"}},
		"for no session":          {Rule{Series: "motogp", Sources: []string{"web"}}, -1, nil, []string{"Onboard"}},
		"the layout alone":        {Rule{Session: "^race$", Layout: "1+3"}, -1, []string{"Monaco Grand Prix Race", "Spa Race"}, []string{"F1 Monaco"}},
		"the layout of a session": {Rule{Series: "motogp", Layout: "1+3"}, -1, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := r.Preview(tc.rule, tc.place)
			assert.Empty(t, p.Problems)
			assert.Equal(t, tc.sessions, sessions(p), "live and upcoming ones first")
			assert.Equal(t, len(tc.sessions), p.Count)
			assert.ElementsMatch(t, tc.streams, titlesOf(p.Streams))
			assert.Equal(t, len(tc.streams), p.Taken)
		})
	}
	assert.Len(t, r.Rules(), 2, "nothing is saved")
	bad := r.Preview(Rule{Event: "(", Titles: []string{"a", "*"}}, -1)
	require.Len(t, bad.Problems, 2)
	assert.Equal(t, []string{"event", "titles"}, []string{bad.Problems[0].Field, bad.Problems[1].Field})
	assert.Equal(t, Preview{Problems: bad.Problems}, bad)
}

func TestAPreviewShowsTheFeedsOfASessionForWhichTheRuleDecides(t *testing.T) {
	assen := season.Event{ID: "assen", Series: "motogp", Name: "Assen", Sessions: []season.Session{session(season.Race, "Race", season.Upcoming, 5)}}
	r := newRig(t, []season.Event{monaco(), assen}, live("tv", "F1 world feed"), live("tv", "MotoGP world feed"))
	r.setRules(Rule{Series: "f1", Titles: []string{"onboard"}})
	p := r.Preview(Rule{Session: "^race$", Layout: "2x2"}, -1)
	require.Len(t, p.Sessions, 2)
	assert.Equal(t, []string{"MotoGP world feed"}, titlesOf(p.Streams), "another rule decides for the live race of Monaco")
}

func TestAPreviewListsABoundedNumberOfSessions(t *testing.T) {
	var sessions []season.Session
	for i := range 40 {
		sessions = append(sessions, session(season.Other, fmt.Sprint("Heat ", i), season.Upcoming, i))
	}
	p := newRig(t, []season.Event{event("a", sessions...)}).Preview(Rule{Titles: []string{"x"}}, -1)
	assert.Len(t, p.Sessions, 30)
	assert.Equal(t, 40, p.Count)
}
