package lineup

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/season"
	keys "gridwall/backend/settings"
	"gridwall/backend/stream"
)

// opensAt reports whether the grid opens at the start of the session.
func (r *rig) opensAt(session string) bool {
	r.t.Helper()
	p, err := r.Lineup.Preflight("f1-2026-8", session)
	require.NoError(r.t, err)
	return p.Opens
}

func TestTheGridOpensByItselfAccordingToTheSetting(t *testing.T) {
	named, ruled, layout := []stream.Stream{live("tv", "F1")}, &Rule{Titles: []string{"nothing yet"}}, &Rule{Layout: "1+3"}
	cancelled, doubtful := session(season.Race, "Race", season.Cancelled, 1), inDoubt(session(season.Race, "Race", season.Upcoming, 1))
	for name, tc := range map[string]struct {
		setting string
		listed  []stream.Stream
		rule    *Rule
		session *season.Session // nil: the live race
		want    bool
	}{
		"off":                                      {keys.Off, named, ruled, nil, false},
		"rules, with one that selects":             {keys.OpenRules, nil, ruled, nil, true},
		"rules, with one for the layout alone":     {keys.OpenRules, named, layout, nil, false},
		"rules, with none":                         {keys.OpenRules, named, nil, nil, false},
		"all, with a feed":                         {keys.OpenAll, named, nil, nil, true},
		"all, with an offline feed":                {keys.OpenAll, []stream.Stream{offline("tv", "F1")}, nil, nil, true},
		"all, with a rule whose feeds are missing": {keys.OpenAll, nil, ruled, nil, true},
		"all, without feeds: an empty grid":        {keys.OpenAll, nil, layout, nil, false},
		"a cancelled session":                      {keys.OpenAll, named, ruled, &cancelled, false},
		"a session whose date is in doubt":         {keys.OpenAll, named, ruled, &doubtful, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := monaco()
			if tc.session != nil {
				e.Sessions[1] = *tc.session
			}
			r := newRig(t, []season.Event{e}, tc.listed...)
			r.opens = tc.setting
			if tc.rule != nil {
				r.setRules(*tc.rule)
			}
			assert.Equal(t, tc.want, r.opensAt("Race"))
			if tc.session == nil {
				_, err := r.SetOpening("f1-2026-8", "Race", !tc.want)
				require.NoError(t, err)
				assert.Equal(t, !tc.want, r.opensAt("Race"), "the session's opening overrides the setting")
				return
			}
			p, err := r.SetOpening("f1-2026-8", "Race", true)
			require.NoError(t, err)
			assert.False(t, p.Opens, "there is nothing to open")
		})
	}
}

func TestAnOpeningAppliesToOneSessionAndSurvivesARestart(t *testing.T) {
	r := newRig(t, []season.Event{monaco()})
	p, err := r.SetOpening("f1-2026-8", "race", true)
	require.NoError(t, err)
	assert.True(t, p.Opens)
	assert.Equal(t, "Race", p.Session.Name)
	assert.EqualValues(t, 1, r.changes.Load())
	r.restart()
	assert.True(t, r.opensAt("Race"))
	assert.False(t, r.opensAt("Parade"))
	_, err = r.SetOpening("f1-2026-8", "fp9", true)
	assert.ErrorIs(t, err, ErrUnknownSession)

	r.docs.saveErr = errDisk
	_, err = r.SetOpening("f1-2026-8", "Race", false)
	assert.ErrorIs(t, err, errDisk)
	assert.True(t, r.opensAt("Race"), "an opening that cannot be saved does not apply")

	r.docs.saveErr, r.docs.openings = nil, []byte("{")
	r.restart()
	assert.False(t, r.opensAt("Race"))
	assert.Contains(t, r.log.String(), "the setting applies to all of them")
}

func TestAnOpeningIsDroppedAfterItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		soon, undatedParade := time.Now().Add(time.Hour), undated(session(season.Other, "Parade", season.Upcoming, 0))
		end := soon.Add(2 * time.Hour)
		e := monaco()
		e.Sessions = []season.Session{{Type: season.Race, Name: "Race", Start: &soon, End: &end, Status: season.Upcoming}, undatedParade, {Type: season.FP1, Name: "Next", Status: season.Upcoming}}
		r := newRig(t, []season.Event{e})
		set := func(session string) {
			_, err := r.SetOpening("f1-2026-8", session, true)
			require.NoError(t, err)
		}
		set("Race")
		set("Parade")
		time.Sleep(48 * time.Hour) // an opening is kept for 48 hours after the start, which is in an hour
		set("Next")
		assert.True(t, r.opensAt("Race"))
		time.Sleep(time.Hour)
		set("Next")
		assert.False(t, r.opensAt("Race"))
		assert.True(t, r.opensAt("Parade"), "its day is still unknown")
		time.Sleep(400 * 24 * time.Hour)
		set("Race")
		assert.False(t, r.opensAt("Parade"))
	})
}
