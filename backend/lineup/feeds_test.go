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

func TestASessionHasTheFeedsWhoseTitlesNameIt(t *testing.T) {
	for name, tc := range map[string]struct {
		streams []stream.Stream
		want    []string
		listed  int
	}{
		"nothing is listed": {nil, []string{}, 0},
		"other titles and other series are left out": {
			[]stream.Stream{live("a", "News"), live("a", "F2 Monaco Race"), live("a", "F1 Monaco")},
			[]string{"F1 Monaco"}, 1,
		},
		"the best name first": {
			[]stream.Stream{live("a", "F1 onboard"), live("a", "F1 Monaco"), live("a", "F1 world feed"), live("a", "F1 Monaco Race")},
			[]string{"F1 Monaco Race", "F1 Monaco", "F1 world feed", "F1 onboard"}, 4,
		},
		"equal names stay in the order of the listing, which is by speed": {
			[]stream.Stream{live("a", "F1 Monaco c"), live("b", "F1 Monaco a"), live("a", "F1 Monaco b")},
			[]string{"F1 Monaco c", "F1 Monaco a", "F1 Monaco b"}, 3,
		},
		"a feed of another session comes last, though it names the event": {
			[]stream.Stream{live("a", "F1 Monaco Qualifying"), live("a", "F1 pit lane")},
			[]string{"F1 pit lane", "F1 Monaco Qualifying"}, 2,
		},
		"a live one before an unchecked one with a better name": {
			[]stream.Stream{unchecked("a", "F1 Monaco Race"), live("a", "F1 onboard")},
			[]string{"F1 onboard", "F1 Monaco Race"}, 2,
		},
		"an offline one is counted, but not shown": {
			[]stream.Stream{live("a", "F1 Monaco"), offline("a", "F1 Monaco Race"), offline("a", "News")},
			[]string{"F1 Monaco"}, 2,
		},
		"all are offline": {[]stream.Stream{offline("a", "F1 Monaco"), offline("b", "F1 Monaco")}, []string{}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, tc.streams...)
			f, err := r.Feeds("f1-2026-8", "Race")
			require.NoError(t, err)
			assert.Equal(t, tc.want, titlesOf(f.Streams))
			assert.Equal(t, tc.listed, f.Listed)
			assert.Nil(t, f.Rule)
			assert.False(t, f.Chooses)
		})
	}
}

func TestTheNineBestFeedsAreShownAndAllAreCounted(t *testing.T) {
	var listed []stream.Stream
	for i := range 12 {
		listed = append(listed, live("a", fmt.Sprintf("F1 onboard %02d", i)))
	}
	listed = append(listed, live("a", "F1 Monaco Race"), offline("a", "F1 Monaco offline"))
	r := newRig(t, []season.Event{monaco()}, listed...)
	f, err := r.Feeds("f1-2026-8", "Race")
	require.NoError(t, err)
	require.Len(t, f.Streams, 9)
	assert.Equal(t, 14, f.Listed)
	assert.Equal(t, "F1 Monaco Race", f.Streams[0].Title, "the best, though the last in the listing")
	assert.Equal(t, "F1 onboard 07", f.Streams[8].Title)

	r.setRules(Rule{Titles: []string{"onboard"}})
	f, err = r.Feeds("f1-2026-8", "Race")
	require.NoError(t, err)
	require.Len(t, f.Streams, 9)
	assert.Equal(t, 12, f.Listed)
}

func TestARuleSelectsItsFeedsInItsOrder(t *testing.T) {
	listed := []stream.Stream{
		live("tv", "Timing"), live("tv", "Onboard 44"), offline("tv", "World feed"), live("web", "World feed"), live("tv", "Onboard 16"), unchecked("tv", "Onboard 16"),
		live("tv", "F1 Monaco Race"),
	}
	for name, tc := range map[string]struct {
		rule Rule
		want []string // with their sources
	}{
		"by source":           {Rule{Sources: []string{"web"}}, []string{"web World feed"}},
		"by title":            {Rule{Titles: []string{"timing"}}, []string{"tv Timing"}},
		"by source and title": {Rule{Sources: []string{"web"}, Titles: []string{"timing"}}, []string{}},
		"in the order of the titles, then by name, then live before unchecked": {
			Rule{Sources: []string{"tv"}, Titles: []string{"world", "onboard", "timing"}},
			[]string{"tv World feed", "tv Onboard 16", "tv Onboard 16", "tv Onboard 44", "tv Timing"},
		},
		"an offline one keeps its rank, after a live one with the same title": {
			Rule{Titles: []string{"world", "timing"}}, []string{"web World feed", "tv World feed", "tv Timing"},
		},
		"accents and case do not matter": {Rule{Titles: []string{"TÍMING"}}, []string{"tv Timing"}},
		"a source that lists nothing":    {Rule{Sources: []string{"gone"}}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, listed...)
			r.setRules(tc.rule)
			f, err := r.Feeds("f1-2026-8", "Race")
			require.NoError(t, err)
			got := []string{}
			for _, st := range f.Streams {
				got = append(got, st.SiteKey+" "+st.Title)
			}
			assert.Equal(t, tc.want, got, "no feed is added by its title")
			assert.Equal(t, len(tc.want), f.Listed)
			require.NotNil(t, f.Rule)
			assert.True(t, f.Chooses)
		})
	}
	r := newRig(t, []season.Event{monaco()}, listed...)
	r.setRules(Rule{Titles: []string{"onboard 16"}})
	f, err := r.Feeds("f1-2026-8", "Race")
	require.NoError(t, err)
	require.Len(t, f.Streams, 2)
	assert.NotNil(t, f.Streams[0].Health, "of equal titles the live one comes first")
	assert.Nil(t, f.Streams[1].Health)
}

func TestTheFirstRuleThatAppliesDecides(t *testing.T) {
	listed := []stream.Stream{live("tv", "A"), live("tv", "B"), live("tv", "F1 Monaco")}
	a, b := []string{"^a$"}, []string{"^b$"}
	for name, tc := range map[string]struct {
		fixed   []rules.Rule
		saved   []Rule
		want    []string
		place   int // -1: no rule
		chooses bool
	}{
		"the first of two":                      {nil, []Rule{{Titles: a}, {Titles: b}}, []string{"A"}, 0, true},
		"one of another series is skipped":      {nil, []Rule{{Series: "motogp", Titles: a}, {Titles: b}}, []string{"B"}, 1, true},
		"one of another event":                  {nil, []Rule{{Event: "silverstone", Titles: a}, {Titles: b}}, []string{"B"}, 1, true},
		"one of another session":                {nil, []Rule{{Session: "qualifying", Titles: a}, {Titles: b}}, []string{"B"}, 1, true},
		"by the event's place":                  {nil, []Rule{{Event: "monte carlo", Titles: a}, {Titles: b}}, []string{"A"}, 0, true},
		"by the session's type":                 {nil, []Rule{{Session: "^race$", Titles: a}, {Titles: b}}, []string{"A"}, 0, true},
		"config.toml's before the saved ones":   {[]rules.Rule{{Titles: b}}, []Rule{{Titles: a}}, []string{"B"}, 0, true},
		"a saved one after config.toml's":       {[]rules.Rule{{Session: "sprint", Titles: b}}, []Rule{{Titles: a}}, []string{"A"}, 1, true},
		"none applies: by title":                {nil, []Rule{{Series: "motogp", Titles: a}}, []string{"F1 Monaco"}, -1, false},
		"one about the layout leaves the feeds": {nil, []Rule{{Layout: "1+3"}, {Titles: b}}, []string{"F1 Monaco"}, 0, false},
		"one that finds nothing still decides":  {nil, []Rule{{Titles: []string{"^nothing$"}}, {Titles: b}}, []string{}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, []season.Event{monaco()}, listed...)
			r.restart(tc.fixed...)
			r.setRules(tc.saved...)
			f, err := r.Feeds("f1-2026-8", "Race")
			require.NoError(t, err)
			assert.Equal(t, tc.want, titlesOf(f.Streams))
			assert.Equal(t, tc.chooses, f.Chooses)
			if tc.place < 0 {
				assert.Nil(t, f.Rule)
				return
			}
			require.NotNil(t, f.Rule)
			assert.Equal(t, tc.place, f.Place)
			assert.Equal(t, r.Rules()[tc.place], *f.Rule)
		})
	}
}

func TestDemoSessionsHaveOnlyDemoFeeds(t *testing.T) {
	demo := monaco()
	demo.ID, demo.Series = "demo-7", "demo"
	r := newRig(t, []season.Event{demo}, live("show", "Timing"), live("show", "Onboard 7"), offline("show", "Onboard 44"), live("show", "World feed"), live("tv", "Monaco Race"))
	r.files = append(r.files, file("show", "demo", true), file("tv", "m3u", true))
	f, err := r.Feeds("demo-7", "Race")
	require.NoError(t, err)
	assert.Equal(t, []string{"World feed", "Onboard 7", "Timing", "Onboard 44"}, titlesOf(f.Streams), "the broadcast, then by title; an offline one last")
	assert.Equal(t, 4, f.Listed)

	r.files[0].Err = assert.AnError // a broken file lists nothing
	assert.Equal(t, []string{"Monaco Race"}, r.titles("demo-7", "Race"))

	r.files[0].Err = nil
	r.events = []season.Event{monaco()}
	assert.Equal(t, []string{"Monaco Race"}, r.titles("f1-2026-8", "Race"), "no other session has them")
}
