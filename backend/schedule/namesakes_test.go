package schedule

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// titled returns a calendar of races with one title, on these days of 2030, such as 0303; a day may be followed by a UID.
func titled(title string, days ...string) string {
	var parts []string
	for _, day := range days {
		day, uid, _ := strings.Cut(day, " ")
		lines := []string{"DTSTART:2030" + day + "T120000Z", "SUMMARY:" + title}
		if uid != "" {
			lines = append(lines, "UID:"+uid)
		}
		parts = append(parts, testcal.Event(lines...))
	}
	return testcal.Calendar(parts...)
}

// readingsOf reads one calendar after the other, each at its day, and returns the ids of the events after each reading, by the
// days of their first sessions. The service is restarted before each reading.
func readingsOf(t *testing.T, series string, at []string, bodies ...string) (out []map[string]string) {
	t.Helper()
	store := &memory{}
	for i, body := range bodies {
		now, err := time.Parse("20060102", "2030"+at[min(i, len(at)-1)])
		require.NoError(t, err)
		fetch := func(context.Context, string) ([]byte, error) { return []byte(body), nil }
		s := New(Options{Providers: []Provider{ics.New("https://calendar.test/x.ics", series, fetch)}, Store: store, Now: func() time.Time { return now }})
		s.Refresh(t.Context())
		ids := map[string]string{}
		for _, e := range s.Calendar(now).Events {
			ids[e.Sessions[0].Begins().Format("0102")] = strings.TrimPrefix(e.ID, series+"-2030-")
		}
		out = append(out, ids)
	}
	return out
}

func TestChoicesForAWeekendStayWithItWhenSeveralShareAName(t *testing.T) {
	const title = "MotoGP: Race"
	weekends := []string{"0303", "0310", "0324", "0407", "0414", "0428", "0512", "0519", "0526", "0616", "0623", "0707"}
	for _, width := range []int{1, 2, 3, 5} {
		for _, uids := range []string{"", "by race", "by place"} {
			t.Run(fmt.Sprint(width, uids), func(t *testing.T) {
				var bodies, at []string
				for from := 0; from+width <= len(weekends); from++ {
					window := append([]string{}, weekends[from:from+width]...)
					for i := range window {
						switch uids {
						case "by race":
							window[i] += fmt.Sprintf(" r%d", from+i)
						case "by place":
							if width > 1 { // a single one cannot be told from another
								window[i] += fmt.Sprintf(" p%d", i)
							}
						}
					}
					bodies = append(bodies, titled(title, window...))
					at = append(at, weekends[from])
				}
				whose := map[string]string{} // the day by the id
				for _, ids := range readingsOf(t, "motogp", at, bodies...) {
					assert.Len(t, ids, width)
					for day, id := range ids {
						if was, known := whose[id]; known {
							assert.Equal(t, was, day, "%s was the id of %s", id, was)
						}
						whose[id] = day
					}
				}
				assert.Len(t, whose, len(weekends), "every weekend keeps its id")
			})
		}
	}
}

func TestMovedEventsOfOneNameKeepTheirIDs(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after []string
		same          map[string]string // the day after by the day before
	}{
		"both by a week, far apart":          {[]string{"0303", "1129"}, []string{"0310", "1206"}, map[string]string{"0303": "0310", "1129": "1206"}},
		"one by two days":                    {[]string{"0303", "0317", "0331"}, []string{"0303", "0319", "0331"}, map[string]string{"0303": "0303", "0317": "0319", "0331": "0331"}},
		"one by two days, another is over":   {[]string{"0303", "0317", "0331"}, []string{"0319", "0331", "0414"}, map[string]string{"0317": "0319", "0331": "0331"}},
		"one to the place of another":        {[]string{"0303", "0310"}, []string{"0310", "0317"}, map[string]string{"0310": "0310"}},
		"one in between is new":              {[]string{"0303", "0331"}, []string{"0303", "0317", "0331"}, map[string]string{"0303": "0303", "0331": "0331"}},
		"one in between is left out":         {[]string{"0303", "0317", "0331"}, []string{"0303", "0331"}, map[string]string{"0303": "0303", "0331": "0331"}},
		"all were replaced":                  {[]string{"0303", "0310", "0317"}, []string{"0324", "0331", "0407"}, nil},
		"by most of the way, known by a UID": {[]string{"0303 a", "0324 b", "0414 c"}, []string{"0303 a", "0402 b", "0414 c"}, map[string]string{"0303": "0303", "0324": "0402", "0414": "0414"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := readingsOf(t, "motogp", []string{"0101"}, titled("MotoGP: Race", tc.before...), titled("MotoGP: Race", tc.after...))
			same := map[string]string{}
			for before, id := range got[0] {
				for after, now := range got[1] {
					if id == now {
						same[before] = after
					}
				}
			}
			if tc.same == nil {
				tc.same = map[string]string{}
			}
			assert.Equal(t, tc.same, same)
		})
	}
}

func TestWeeklyRacesKeepTheirIDs(t *testing.T) {
	for _, n := range []int{52, 160, 400} {
		var before []season.Event
		for i := range n {
			before = append(before, race("", "cup", "Club Night", may2030.AddDate(0, 0, 7*i)))
			before[i].Season, before[i].ID = "all", season.EventID("cup", "all", "Club Night")
		}
		before, _ = (&season.Omissions{}).Finish(before)
		after := cloneEvents(before[1:])
		after = append(after, race("", "cup", "Club Night", may2030.AddDate(0, 0, 7*n)))
		last := len(after) - 1
		after[last].Season = "all"
		for i := range after {
			after[i].ID = season.EventID("cup", "all", "Club Night")
		}
		after, _ = (&season.Omissions{}).Finish(after)
		gone := keepIDs(before, nil, after, may2030)
		assert.Equal(t, idsOf(before[1:]), idsOf(after[:last]), n)
		assert.NotContains(t, idsOf(before), after[last].ID)
		assert.Equal(t, idsOf(before[:1]), idsOf(gone))
	}
}

func TestARaceThatIsMissingFromOneReadingKeepsItsID(t *testing.T) {
	got := readingsOf(t, "motogp", []string{"0101"}, titled("MotoGP: Race", "0303", "0317", "0331"), titled("MotoGP: Race", "0317"), titled("MotoGP: Race", "0303", "0317", "0331"))
	assert.Equal(t, got[0], got[2])
	assert.Equal(t, got[0]["0317"], got[1]["0317"])
}

func TestARaceWithAUniqueNameKeepsItsIDHoweverFarItIsMoved(t *testing.T) {
	for name, tc := range map[string]struct {
		now  string
		same bool
	}{"before it was due": {"0210", true}, "after it took place": {"0310", false}} {
		got := readingsOf(t, "cup", []string{"0101", tc.now}, titled("Northmoor 500 - Race", "0303"), titled("Northmoor 500 - Race", "1003"))
		assert.Equal(t, tc.same, got[0]["0303"] == got[1]["1003"], name)
	}
}

func TestTheNextWeekendIsNotMistakenForTheLastOneMoved(t *testing.T) {
	store := &memory{}
	read := func(body string) Calendar {
		fetch := func(context.Context, string) ([]byte, error) { return []byte(body), nil }
		s := New(Options{Providers: []Provider{ics.New("https://calendar.test/x.ics", "motogp", fetch)}, Store: store, Now: func() time.Time { return may2030 }})
		s.Refresh(t.Context())
		return s.Calendar(may2030)
	}
	read(titled("MotoGP: Race", "0602 1", "0609 2", "0623 3"))
	for _, e := range read(titled("MotoGP: Race", "0609 1", "0623 2", "0630 3")).Events {
		assert.Nil(t, e.Sessions[0].MovedFrom, "%s: its UID counts the entries", e.ID)
	}
	for _, e := range read(titled("MotoGP: Race", "0609 1", "0625 2", "0630 3")).Events {
		assert.Equal(t, e.Sessions[0].Start.Day() == 25, e.Sessions[0].MovedFrom != nil, e.ID)
	}
}

func TestCalendarsWithOneTitleForAllEntriesKeepWeekendsApart(t *testing.T) {
	read := func(days ...string) reading {
		events, err := readICS(t, titled("MotoGP: Race", days...), "motogp", may2030)
		require.NoError(t, err)
		return reading{events: events}
	}
	var got []string
	for _, e := range merge([]reading{read("0602", "0609", "0623"), read("0609", "0623", "0630")}) {
		got = append(got, e.Sessions[0].Start.Format("0102"))
		assert.Len(t, e.Sessions, 1)
		assert.False(t, e.Sessions[0].InDoubt, e.ID)
	}
	assert.Equal(t, []string{"0602", "0609", "0623", "0630"}, got)
}
