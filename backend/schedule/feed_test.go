package schedule

import (
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheFeedIsTheCalendar(t *testing.T) {
	s := theSeason(t)
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	service := New(Options{Providers: []Provider{Jolpica("", given1(s.jolpica())), &given{key: "cup", out: []Event{race("cup-1", "cup", "Moor; a \"long\" race, with\\signs", saturday)}}}, Now: func() time.Time { return now }})
	service.Refresh(t.Context())
	service.SetOverrides(ParseOverrides("", []byte("[[override]]\nevent = \"Lone Hill Grand Prix\"\nstatus = \"cancelled\"\n[[override]]\nevent = \"Pearl Grand Prix\"\nsession = \"race\"\nstart = 2026-11-30\n"), time.UTC))
	c := service.Calendar(now)
	body := Feed(c, nil, now)
	assert.NotContains(t, string(body), "VALARM")
	assert.Contains(t, string(body), "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n")
	again, err := parseICS(body, "f1", now)
	require.NoError(t, err)
	require.Equal(t, 25, len(again))
	starts := map[string]string{}
	for _, e := range c.Events {
		for _, x := range e.Sessions {
			starts[e.Name+x.Name] = x.day() + string(map[bool]Status{true: Cancelled}[x.Status == Cancelled])
			if x.Start != nil {
				starts[e.Name+x.Name] += x.Start.String()
			}
		}
	}
	for _, e := range again {
		for _, x := range e.Sessions {
			got := x.day() + string(x.Status)
			if x.Start != nil {
				got += x.Start.String()
			}
			assert.Equal(t, starts[e.Name+x.Name], got, "%s, %s", e.Name, x.Name)
		}
	}
	parsed, err := ical.ParseCalendar(strings.NewReader(string(body)))
	require.NoError(t, err)
	uids := map[string]bool{}
	for _, e := range parsed.Events() {
		assert.False(t, uids[e.Id()], "a UID twice: %s", e.Id())
		uids[e.Id()] = true
	}
	assert.True(t, uids["f1-2026-southern-bay-grand-prix-race-race@gridwall"])
	assert.Equal(t, body, Feed(service.Calendar(now), nil, now.Add(time.Hour)), "nothing new is the same text")

	cup := string(Feed(c, []string{"CUP"}, now))
	assert.Equal(t, 1, strings.Count(cup, "BEGIN:VEVENT"))
	formula := string(Feed(c, []string{"Formula 1"}, now))
	assert.NotContains(t, formula, "UID:cup")
	assert.Equal(t, 120, strings.Count(formula, "BEGIN:VEVENT"))
}
