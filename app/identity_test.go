package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/internal/testserver"
)

// calendarServer serves season, a JSON document that may be replaced, at the addresses of f1calendar and jolpica.
func calendarServer(t *testing.T, season *atomic.Value) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/%d.json", time.Now().UTC().Year())) || strings.HasSuffix(r.URL.Path, "races.json") {
			_ = json.NewEncoder(w).Encode(season.Load())
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func idOf(t *testing.T, s *running, event string) string {
	t.Helper()
	for _, e := range list(t, s.get("/api/v1/schedule").json(t), "events") {
		if e["name"] == event {
			return e["id"].(string)
		}
	}
	require.Fail(t, "the calendar does not have "+event)
	return ""
}

func TestTheGridOpensAtTheRequestedRaceAfterARoundIsInserted(t *testing.T) {
	day := time.Now().UTC().Truncate(time.Hour)
	race := func(round int, name string, days int, tbc bool) map[string]any {
		return map[string]any{"name": name, "round": round, "slug": strings.ToLower(name) + "-grand-prix", "tbc": tbc, "sessions": map[string]any{"gp": day.AddDate(0, 0, days).Format(time.RFC3339)}}
	}
	season := &atomic.Value{}
	season.Store(map[string]any{"races": []any{race(15, "Azerbaijan", 10, false), race(16, "Singapore", 20, false)}})
	address := calendarServer(t, season)
	h := testserver.NewHome(t, fmt.Sprintf("[[schedule]]\nkind = \"f1calendar\"\nurl = %q\n", address), nil)
	s := start(t, h, false)
	s.do("POST", "/api/v1/schedule/refresh", "").json(t)
	singapore := idOf(t, s, "Singapore Grand Prix")
	s.do("PUT", "/api/v1/schedule/opening", asJSON(t, api.Opening{Event: singapore, Session: "race", Open: true})).json(t)
	uids := string(s.get("/api/v1/schedule.ics").Body)

	season.Store(map[string]any{"races": []any{race(15, "Azerbaijan", 10, false), race(16, "Malaysia", 17, true), race(17, "Singapore", 20, false)}})
	for range 2 {
		s.do("POST", "/api/v1/schedule/refresh", "").json(t)
		assert.Equal(t, singapore, idOf(t, s, "Singapore Grand Prix"))
		opens := func(event string) bool {
			return s.get("/api/v1/schedule/preflight?" + url.Values{"event": {event}, "session": {"race"}}.Encode()).json(t)["opens"].(bool)
		}
		assert.True(t, opens(singapore))
		assert.False(t, opens(idOf(t, s, "Malaysia Grand Prix")))
		for line := range strings.SplitSeq(uids, "\r\n") {
			if strings.HasPrefix(line, "UID:") {
				assert.Contains(t, string(s.get("/api/v1/schedule.ics").Body), line, "a calendar app keeps its entries")
			}
		}
		assert.Equal(t, "Singapore Grand Prix", s.get(fmt.Sprintf("/api/v1/schedule/feeds?event=f1-%d-17", day.Year())).json(t)["event"], "an id with the round, as in earlier versions, still works")
		s.Stop()
		s = start(t, h, false)
	}
}

func TestARaceWithADoubtfulDateIsNeitherLiveNorNextNorOpened(t *testing.T) {
	at := func(d time.Duration) map[string]string {
		when := time.Now().UTC().Add(d)
		return map[string]string{"date": when.Format(time.DateOnly), "time": when.Format("15:04:05Z")}
	}
	monaco := map[string]any{"season": "2030", "round": "6", "raceName": "Monaco Grand Prix", "FirstPractice": at(32 * 24 * time.Hour), "Qualifying": at(33 * 24 * time.Hour)}
	for key, value := range at(-10 * time.Minute) { // by this date it would be live
		monaco[key] = value
	}
	season := &atomic.Value{}
	season.Store(map[string]any{"MRData": map[string]any{"RaceTable": map[string]any{"Races": []any{monaco}}}})
	s := start(t, testserver.NewHome(t, fmt.Sprintf("[[schedule]]\nkind = \"jolpica\"\nurl = %q\n", calendarServer(t, season)+"/races.json"), nil), false)
	s.do("POST", "/api/v1/schedule/refresh", "").json(t)
	event := list(t, s.get("/api/v1/schedule").json(t), "events")[0]
	race := list(t, event, "sessions")[0]
	assert.Equal(t, []any{"race", "upcoming", true}, []any{race["type"], race["status"], race["in_doubt"]})
	assert.NotNil(t, race["start"], "it is shown with the date of the calendar")
	assert.Equal(t, "Practice 1", s.get("/api/v1/schedule/feeds").json(t)["session"], "the next session")
	opening := asJSON(t, api.Opening{Event: event["id"].(string), Session: "race", Open: true})
	assert.Equal(t, false, s.do("PUT", "/api/v1/schedule/opening", opening).json(t)["opens"])
}
