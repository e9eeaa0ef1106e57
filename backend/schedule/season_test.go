package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/jsoncal"
	"gridwall/backend/season"
	"gridwall/internal/testcal"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sampleSeason is a made-up season in the shape of a real one: testdata/season.json.
type sampleSeason struct {
	Zones  []string
	Events []struct {
		Round                                  int
		Name, Circuit, Locality, Country, Zone string
		Sessions                               []struct {
			Type, Name, Track string
			Start             time.Time
			Here              []string
		}
	}
}

func theSeason(t testing.TB) (s sampleSeason) {
	t.Helper()
	require.NoError(t, json.Unmarshal(testcal.File(t, "season.json"), &s))
	require.Len(t, s.Events, 24)
	return s
}

// jolpica returns the season in Jolpica's format.
func (s sampleSeason) jolpica() []byte {
	keys := map[string]string{"fp1": "FirstPractice", "fp2": "SecondPractice", "fp3": "ThirdPractice", "qualifying": "Qualifying", "sprint": "Sprint", "sprint_qualifying": "SprintQualifying"}
	var races []map[string]any
	for _, e := range s.Events {
		race := map[string]any{
			"season": "2026", "round": fmt.Sprint(e.Round), "url": "https://wiki.test/", "raceName": e.Name,
			"Circuit": map[string]any{"circuitId": season.Slug(e.Circuit), "circuitName": e.Circuit, "Location": map[string]any{"lat": "1", "long": "2", "locality": e.Locality, "country": e.Country}},
		}
		for _, x := range e.Sessions {
			at := map[string]any{"date": x.Start.Format(time.DateOnly), "time": x.Start.Format("15:04:05Z")}
			if key, ok := keys[x.Type]; ok {
				race[key] = at
			} else {
				race["date"], race["time"] = at["date"], at["time"]
			}
		}
		races = append(races, race)
	}
	body, _ := json.Marshal(map[string]any{"MRData": map[string]any{"series": "f1", "total": "24", "RaceTable": map[string]any{"season": "2026", "Races": races}}})
	return body
}

// f1calendar returns it in the format of the f1calendar project: the place is one word, and there is no circuit.
func (s sampleSeason) f1calendar() []byte {
	keys := map[string]string{"sprint_qualifying": "sprintQualifying", "race": "gp"}
	var races []map[string]any
	for _, e := range s.Events {
		sessions := map[string]string{}
		for _, x := range e.Sessions {
			key := x.Type
			if k, ok := keys[key]; ok {
				key = k
			}
			sessions[key] = x.Start.Format(time.RFC3339)
		}
		short := strings.TrimSuffix(e.Name, " Grand Prix")
		races = append(races, map[string]any{"name": short, "location": e.Locality, "latitude": "1", "longitude": 2, "round": e.Round, "slug": season.Slug(e.Name), "localeKey": season.Slug(e.Name), "sessions": sessions})
	}
	body, _ := json.Marshal(map[string]any{"races": races})
	return body
}

// ics returns it as iCalendar, in the local times of the tracks.
func (s sampleSeason) ics() []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//Races//EN\r\nX-WR-CALNAME:Formula 1\r\n")
	for _, e := range s.Events {
		for i, x := range e.Sessions {
			local := strings.NewReplacer("-", "", ":", "").Replace(x.Track)
			fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d-%d@calendar.test\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=%s:%s\r\nSUMMARY:F1: %s (%s)\r\nLOCATION:%s\r\nEND:VEVENT\r\n", e.Round, i, e.Zone, local, x.Name, e.Name, e.Locality)
		}
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

func given1(body []byte) season.Fetch {
	return func(_ context.Context, url string) ([]byte, error) {
		if strings.HasSuffix(url, "config.json") {
			return []byte(`{"sessionLengths":{"fp1":60,"fp2":60,"fp3":60,"qualifying":60,"sprintQualifying":44,"sprint":30,"gp":110}}`), nil
		}
		return body, nil
	}
}

func TestASeasonHasTheSameTimesFromEachCalendarInFiveZones(t *testing.T) {
	s := theSeason(t)
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, p := range []Provider{jsoncal.NewJolpica("", given1(s.jolpica())), jsoncal.NewF1Calendar("", "f1", given1(s.f1calendar())), ics.New("https://calendar.test/f1.ics", "", given1(s.ics()))} {
		events, err := p.Events(t.Context(), now)
		require.NoError(t, err, p.Key())
		require.Len(t, events, 24, p.Key())
		sprints := 0
		for i, e := range s.Events {
			assert.Equal(t, e.Name, events[i].Name, p.Key())
			require.Len(t, events[i].Sessions, len(e.Sessions), "%s, %s", p.Key(), e.Name)
			for j, x := range e.Sessions {
				got := events[i].Sessions[j]
				at := fmt.Sprint(p.Key(), ", ", e.Name, ", ", x.Name)
				assert.Equal(t, x.Type, string(got.Type), at)
				assert.Equal(t, x.Start, *got.Start, at)
				for k, zone := range s.Zones {
					z, err := time.LoadLocation(zone)
					require.NoError(t, err)
					assert.Equal(t, x.Here[k], got.Start.In(z).Format("Mon 2 Jan 15:04"), "%s in %s", at, zone)
				}
				if got.Type == season.Sprint {
					sprints++
				}
			}
		}
		assert.Equal(t, 6, sprints, p.Key())
	}
}

func TestASeasonInThreeCalendarsIsShownOnce(t *testing.T) {
	s := theSeason(t)
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	three := []Provider{
		WithStyle(jsoncal.NewF1Calendar("", "f1", given1(s.f1calendar())), Style{"All of it", "teal"}), jsoncal.NewJolpica("", given1(s.jolpica())), ics.New("https://calendar.test/f1.ics", "", given1(s.ics())),
	}
	for first := range three {
		order := append([]Provider{three[first]}, three...)
		service := New(Options{Providers: order, Now: func() time.Time { return now }})
		service.Refresh(t.Context())
		c := service.Calendar(now)
		require.Empty(t, c.Error)
		require.Len(t, c.Events, 24, "%s first", three[first].Key())
		for i, e := range s.Events {
			got := c.Events[i]
			require.Len(t, got.Sessions, len(e.Sessions), e.Name)
			assert.Equal(t, []any{e.Round, e.Locality}, []any{got.Round, got.Locality}, "one calendar fills the gaps of another")
			if first < 2 { // an entry's LOCATION is all that the third says of the place
				assert.Equal(t, []string{e.Circuit, e.Country}, []string{got.Circuit, got.Country})
			}
			race := got.Sessions[len(got.Sessions)-1]
			assert.Equal(t, 110*time.Minute, race.End.Sub(*race.Start), "the length from the calendar that has it")
		}
		assert.Equal(t, "teal", c.Events[0].Color)
	}
}
