package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// titles returns the titles of the streams in an answer, in order.
func titles(t *testing.T, v map[string]any) []string {
	t.Helper()
	out := []string{}
	for _, st := range list(t, v, "streams") {
		out = append(out, st["title"].(string))
	}
	assert.EqualValues(t, len(out), v["count"])
	return out
}

// weekend returns a calendar of two series (ICS), with one session of the first live now.
func weekend(now time.Time) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n")
	for i, e := range []struct {
		summary  string
		from, to time.Duration
	}{
		{"Formula 1: São Paulo Grand Prix - Qualifying", -25 * time.Hour, -24 * time.Hour},
		{"Formula 1: São Paulo Grand Prix - Race", -time.Hour, time.Hour},
	} {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d@test\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:%s\r\nDTEND:%s\r\nSUMMARY:%s\r\nLOCATION:São Paulo\r\nEND:VEVENT\r\n",
			i, now.Add(e.from).Format("20060102T150405Z"), now.Add(e.to).Format("20060102T150405Z"), e.summary)
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

func TestOneClickFindsTheFeedsOfTheLiveSession(t *testing.T) {
	now := time.Now().UTC()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/calendar.ics":
			_, _ = w.Write([]byte(weekend(now)))
		case strings.HasSuffix(r.URL.Path, ".m3u8"):
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n")
		case strings.HasPrefix(r.URL.Path, "/live/"):
			_, _ = w.Write([]byte("\x47 a segment"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer site.Close()
	source := "kind = \"direct\"\nallow_private = true\n"
	for i, title := range []string{"News", "F1 onboard", "F2 Sao Paulo", "F1 SAO PAULO Race", "Formula 1 world feed", "Cooking Grand Prix"} {
		source += fmt.Sprintf("[[stream]]\nurl = \"%s/live/%d.m3u8\"\ntitle = %q\n", site.URL, i, title)
	}
	source += fmt.Sprintf("[[stream]]\nurl = \"%s/missing/x.m3u8\"\ntitle = \"F1 Sao Paulo, not live\"\n", site.URL)
	h := testserver.NewHome(t, fmt.Sprintf("[[schedule]]\nkind = \"ics\"\nurl = \"%s/calendar.ics\"\nseries = \"Formula 1\"\n", site.URL), map[string]string{"site": source})
	s := start(t, h, false)
	s.do("POST", "/api/v1/schedule/refresh", "").json(t)
	s.do("POST", "/api/v1/extract", "").json(t)

	v := s.get("/api/v1/schedule/feeds").json(t)
	assert.ElementsMatch(t, []string{"event_id", "event", "session", "session_type", "status", "start", "end", "streams", "count", "listed", "layout"}, keys(v))
	assert.Equal(t, "race", v["session_type"])
	assert.Equal(t, "live", v["status"])
	want := []string{"F1 SAO PAULO Race", "Formula 1 world feed", "F1 onboard"}
	assert.Equal(t, want, titles(t, v), "the best first, without feeds that are not live or belong to other sessions")

	id, race := v["event_id"].(string), v["session"].(string)
	at := func(event, session string) reply {
		return s.get("/api/v1/schedule/feeds?" + url.Values{"event": {event}, "session": {session}}.Encode())
	}
	for _, session := range []string{race, strings.ToUpper(race), "race", ""} {
		assert.Equal(t, want, titles(t, at(id, session).json(t)), session)
	}
	assert.Equal(t, []string{"Formula 1 world feed", "F1 onboard", "F1 SAO PAULO Race"}, titles(t, at(id, "qualifying").json(t)), "a feed of another session goes last")
	at("nope", "race").failed(t, 404, "unknown_session")
	assert.Contains(t, at(id, "fp9").failed(t, 404, "unknown_session"), race, "the error lists the event's sessions")
	at("", "race").failed(t, 422, "invalid")
}

func TestWithoutACalendarTheErrorSaysWhatToDo(t *testing.T) {
	s := start(t, testserver.NewHome(t, "schedule = []\n", nil), false)
	assert.Contains(t, s.get("/api/v1/schedule/feeds").failed(t, 404, "unknown_session"), "config.toml")
}

func TestTheDemosSessionHasTheDemosFeeds(t *testing.T) {
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()}), true)
	s.streams(6)
	s.do("POST", "/api/v1/extract", "").json(t)
	v := s.get("/api/v1/schedule/feeds").json(t)
	assert.Equal(t, "live", v["status"])
	assert.Equal(t, []string{"World feed", "Onboard 44 Okonedo", "Onboard 7 Arkwright", "Timing"}, titles(t, v), "and not the other site's world feed")
	for _, st := range list(t, v, "streams") {
		assert.Equal(t, "demo", st["site_key"])
	}
}

func TestASessionWithoutFeedsHasAnEmptyList(t *testing.T) {
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()}), false)
	s.streams(2)
	v := s.get("/api/v1/schedule/feeds").json(t)
	require.Equal(t, []any{}, v["streams"])
	assert.EqualValues(t, 0, v["count"])
}
