package tray

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// one returns a session that starts and ends the given numbers of minutes after noon.
func one(name string, start, end int) api.Session {
	from, to := noon.Add(time.Duration(start)*time.Minute), noon.Add(time.Duration(end)*time.Minute)
	s := api.Session{Type: "other", Name: name, Start: &from, End: &to, Status: "upcoming"}
	switch {
	case end <= 0:
		s.Status = "past"
	case start <= 0:
		s.Status = "live"
	}
	return s
}

func calendar(sessions ...api.Session) api.Schedule {
	return api.Schedule{Events: []api.RaceEvent{{ID: "f1-22", Name: "Qatar Grand Prix", Locality: "Lusail", Sessions: sessions}}}
}

func titles(items []Item) []string {
	var out []string
	for _, i := range items {
		out = append(out, i.Title)
	}
	return out
}

func TestTheMenuShowsLiveAndNextSessions(t *testing.T) {
	s := calendar(one("Practice 3", -120, -60), one("Qualifying", -20, 40), one("Race", 130, 250), one("Too far", 500, 600))
	m := Build(s, nil, nil, noon, false)
	require.Len(t, m.Sessions, 1)
	assert.Equal(t, Item{Title: "Live now: Qatar Grand Prix · Qualifying", Verb: Live, Event: "f1-22", Session: "Qualifying"}, m.Sessions[0])
	assert.Equal(t, Item{Title: "Next: Qatar Grand Prix · Race in 2 h 10 min", Verb: Page, Page: "schedule"}, m.Next)
	assert.True(t, m.Live)
	assert.Equal(t, "Gridwall · live now: Qatar Grand Prix · Qualifying", m.Tooltip)
}

func TestTheMenuDropsASessionAtItsEnd(t *testing.T) {
	now := noon.Add(40*time.Minute - 7*time.Second)
	m := Build(calendar(one("Qualifying", -20, 40)), nil, nil, now, false)
	assert.Equal(t, 7*time.Second, m.Until.Sub(now))
}

func TestWithoutALiveSessionTheMenuShowsTheNextOne(t *testing.T) {
	cancelled := one("Sprint", 30, 60)
	cancelled.Status = "cancelled"
	undated := api.Session{Name: "Later", Status: "upcoming"}
	m := Build(calendar(cancelled, undated, one("Race", 45, 120)), nil, nil, noon, false)
	assert.Empty(t, m.Sessions)
	assert.False(t, m.Live)
	assert.Equal(t, "Next: Qatar Grand Prix · Race in 45 min", m.Next.Title)
	assert.Equal(t, "Gridwall · next: Qatar Grand Prix · Race in 45 min", m.Tooltip)

	m = Build(api.Schedule{}, nil, nil, noon, false)
	assert.Equal(t, Item{Title: "No session in the calendar", Verb: Page, Page: "schedule"}, m.Next)
	assert.Equal(t, "Gridwall", m.Tooltip)
}

func TestTwoLiveSessionsAreTwoLines(t *testing.T) {
	s := calendar(one("Race", -5, 60))
	s.Events = append(s.Events, api.RaceEvent{ID: "wec-8", Name: "Bahrain 8 Hours", Sessions: []api.Session{one("Race", -90, 400)}})
	m := Build(s, nil, nil, noon, false)
	assert.Equal(t, []string{"Live now: Bahrain 8 Hours · Race", "Live now: Qatar Grand Prix · Race"}, titles(m.Sessions))
	assert.Equal(t, "wec-8", m.Sessions[0].Event)
	assert.Equal(t, "Gridwall · 2 sessions live", m.Tooltip)
}

func TestTheMenuIsUpdatedWheneverTheCountdownTextChanges(t *testing.T) {
	s := calendar(one("Race", 130, 250))
	for _, c := range []struct {
		at   time.Duration
		text string
		next time.Duration
	}{
		{0, "in 2 h 10 min", time.Minute},
		{time.Nanosecond, "in 2 h 10 min", time.Minute - time.Nanosecond},
		{30 * time.Second, "in 2 h 10 min", 30 * time.Second},
		{time.Minute, "in 2 h 9 min", time.Minute},
		{130*time.Minute - time.Second, "in 1 min", time.Second},
	} {
		now := noon.Add(c.at)
		m := Build(s, nil, nil, now, false)
		assert.True(t, strings.HasSuffix(m.Next.Title, c.text), "%s after %s", m.Next.Title, c.at)
		assert.Equal(t, c.next, m.Until.Sub(now), "after %s", c.at)
	}
}

func TestTheMenuShowsTheStateOfEachFeed(t *testing.T) {
	past, ahead := noon.Add(-time.Second), noon.Add(time.Minute/2)
	active := []api.Active{
		{ID: "3", Title: "Timing", LastError: "Extractor returned no streams", ExpiresAt: &past},
		{ID: "1", Title: "Onboard 81", Quality: "720p", ExpiresAt: &past},
		{ID: "2", Title: "World feed", Quality: "1080p", ExpiresAt: &ahead},
		{ID: "4", SiteKey: "club"},
		{ID: "5", Title: "World feed", SiteKey: "tv", SpareOf: "2"},
	}
	m := Build(api.Schedule{}, active, nil, noon, false)
	assert.Equal(t, "Active feeds: 4", m.Feeds.Title)
	assert.Equal(t, []string{"club · fresh", "Onboard 81 720p · renewing", "Timing · failed: Extractor returned no streams", "World feed 1080p · fresh"}, titles(m.FeedList))
	assert.Equal(t, ahead, m.Until, "the menu changes when the token of a feed expires")
	assert.Equal(t, Item{Title: "Renew now", Verb: Renew}, m.Renew)
	for _, f := range m.FeedList {
		assert.Equal(t, Page, f.Verb)
		assert.Equal(t, "watch", f.Page)
	}

	m = Build(api.Schedule{}, active, nil, noon, true)
	assert.True(t, m.Renew.Disabled)
	assert.Contains(t, m.FeedList[3].Title, "renewing")

	m = Build(api.Schedule{}, nil, nil, noon, false)
	assert.True(t, m.Feeds.Disabled)
	assert.True(t, m.Renew.Disabled, "nothing to renew")
}

func TestLongTitlesAndManyFeedsAreTruncatedInTheMenu(t *testing.T) {
	var active []api.Active
	for i := range 40 {
		active = append(active, api.Active{ID: fmt.Sprint(i), Title: strings.Repeat("long\u202e ", 60) + "\nsecond line", LastError: strings.Repeat("e", 400)})
	}
	active[7].LastError = ""
	s := calendar(one(strings.Repeat("name ", 90), 10, 70))
	for range 20 {
		s.Events[0].Sessions = append(s.Events[0].Sessions, one("Race", -1, 60))
	}
	m := Build(s, active, nil, noon, false)
	assert.Len(t, m.Sessions, maxSessions)
	require.Len(t, m.FeedList, maxFeeds+1)
	assert.Equal(t, "and 28 more", m.FeedList[maxFeeds].Title)
	for _, i := range append(m.FeedList, m.Next) {
		assert.LessOrEqual(t, len([]rune(i.Title)), maxTitle)
		assert.NotContains(t, i.Title, "\n")
		assert.NotContains(t, i.Title, "\u202e")
	}
	assert.True(t, strings.HasSuffix(m.Next.Title, " in 10 min"), "the end is not truncated")
	assert.LessOrEqual(t, len([]rune(m.Tooltip)), maxTooltip)
}

func TestTheResultOfARenewalNamesTheFeedsThatFailed(t *testing.T) {
	ok, bad := api.Active{Title: "World feed"}, api.Active{Title: "Timing", LastError: "Extractor returned no streams"}
	assert.Equal(t, "2 feeds renewed.", Renewed([]api.Active{ok, ok}))
	assert.Equal(t, "1 feed renewed.", Renewed([]api.Active{ok}))
	assert.Equal(t, "1 of 2 feeds renewed. Timing: Extractor returned no streams", Renewed([]api.Active{ok, bad}))
	assert.Equal(t, "1 feed renewed.", Renewed([]api.Active{ok, {Title: "World feed", SpareOf: "1"}}))
	assert.Equal(t, "No feed is active, so there is nothing to renew.", Renewed(nil))
}

func TestTheMenuOpensEachSavedWallInAWindow(t *testing.T) {
	m := Build(api.Schedule{}, nil, []api.Wall{{Name: "Monaco"}, {Name: "Spa\nrace"}}, noon, false)
	assert.Equal(t, "Open wall in a new window", m.Walls.Title)
	assert.Equal(t, []Item{{Title: "Monaco", Verb: Wall, Wall: "Monaco"}, {Title: "Spa race", Verb: Wall, Wall: "Spa\nrace"}}, m.WallList)
	assert.Len(t, Build(api.Schedule{}, nil, make([]api.Wall, 200), noon, false).WallList, maxWalls)
	assert.Empty(t, Build(api.Schedule{}, nil, nil, noon, false).Walls.Title)
}
