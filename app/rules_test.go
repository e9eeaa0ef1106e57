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

// paddock is a site with a calendar, a list of streams, and a CDN that can refuse one feed.
type paddock struct {
	*httptest.Server
	refuses atomic.Value // the path that is refused; "" for none
	gone    atomic.Bool  // whether requests for the list fail
}

func newPaddock(t *testing.T) *paddock {
	p := &paddock{}
	p.refuses.Store("")
	now := time.Now().UTC()
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == p.refuses.Load().(string):
			http.Error(w, "no", http.StatusForbidden)
		case r.URL.Path == "/calendar.ics":
			_, _ = w.Write([]byte(weekend(now)))
		case r.URL.Path == "/list.json" && p.gone.Load():
			http.Error(w, "gone", http.StatusBadGateway)
		case r.URL.Path == "/list.json":
			var list []map[string]string
			for i, title := range []string{"Timing", "Onboard 44", "World Feed", "Paddock talk", "Onboard 7", "HEVC world"} {
				list = append(list, map[string]string{"url": fmt.Sprintf("%s/live/%d.m3u8", p.URL, i), "title": title})
			}
			_ = json.NewEncoder(w).Encode(list)
		case r.URL.Path == "/live/5.m3u8":
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=5000000,CODECS=\"hvc1.2.4.L123,mp4a.40.2\"\nv.m3u8\n")
		case strings.HasSuffix(r.URL.Path, ".m3u8"):
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n")
		case strings.HasPrefix(r.URL.Path, "/live/"):
			_, _ = w.Write([]byte("\x47 a segment"))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// home returns a home with the paddock's calendar and the source club, which reads its list; more is appended to config.toml.
func (p *paddock) home(t *testing.T, more string) testserver.Home {
	return testserver.NewHome(t, fmt.Sprintf("[[schedule]]\nkind = \"ics\"\nurl = \"%s/calendar.ics\"\nseries = \"Formula 1\"\n%s", p.URL, more), map[string]string{
		"club": fmt.Sprintf("kind = \"json\"\nname = \"Club TV\"\nallow_private = true\nurl = \"%s/list.json\"\nquery = \".[]\"\n", p.URL),
	})
}

// ready starts a server and reads its calendar and sources.
func ready(t *testing.T, h testserver.Home) *running {
	s := start(t, h, false)
	s.do("POST", "/api/v1/schedule/refresh", "").json(t)
	s.do("POST", "/api/v1/extract", "").json(t)
	return s
}

func TestARuleSelectsASessionsFeedsAndSurvivesARestart(t *testing.T) {
	p := newPaddock(t)
	h := p.home(t, "")
	s := ready(t, h)
	v := s.get("/api/v1/schedule/feeds").json(t)
	assert.Empty(t, titles(t, v), "no title names the race")
	assert.NotContains(t, v, "rule")
	assert.NotContains(t, v, "delay")

	one := api.Rule{Name: "Races", Series: "formula", Event: "sao paulo", Session: "^race$", Sources: []string{"club"}, Titles: []string{"^world", "onboard", "timing"}, Layout: "1+3", Delay: "1m30s"}
	preview := s.do("POST", "/api/v1/rules/preview", asJSON(t, api.RuleTrial{Rule: one, Place: -1})).json(t)
	assert.EqualValues(t, 1, preview["count"])
	assert.Equal(t, true, list(t, preview, "sessions")[0]["decided"])
	assert.EqualValues(t, 4, preview["taken"])
	assert.Empty(t, list(t, s.get("/api/v1/rules").json(t), "rules"), "a preview saves nothing")

	s.do("PUT", "/api/v1/rules", asJSON(t, api.RuleList{Rules: []api.Rule{one}})).json(t)
	want := []string{"World Feed", "Onboard 44", "Onboard 7", "Timing"}
	for range 2 {
		v = s.get("/api/v1/schedule/feeds").json(t)
		assert.Equal(t, want, titles(t, v), "exactly those, in the order of the rule")
		assert.Equal(t, "1+3", v["layout"])
		assert.EqualValues(t, 90, v["delay"])
		assert.Equal(t, map[string]any{"place": 0.0, "name": "Races", "fixed": false, "chooses": true}, v["rule"])
		s.Stop()
		s = ready(t, h)
	}
	s.do("PUT", "/api/v1/rules", `{"rules":[]}`).json(t)
	assert.Empty(t, titles(t, s.get("/api/v1/schedule/feeds").json(t)), "after it is deleted, everything is as before")
}

func TestRulesInConfigTomlComeFirstAndCannotBeChanged(t *testing.T) {
	p := newPaddock(t)
	s := ready(t, p.home(t, "[[rule]]\nname = \"Config's\"\nsession = \"race\"\ntitles = \"timing\"\ndelay = 12.5\n"))
	window := api.Rule{Name: "Window's", Sources: []string{}, Titles: []string{"world"}}
	got := list(t, s.do("PUT", "/api/v1/rules", asJSON(t, api.RuleList{Rules: []api.Rule{{Name: "forged", Titles: []string{"x"}, Sources: []string{}, Fixed: true}, window}})).json(t), "rules")
	require.Len(t, got, 2)
	assert.Equal(t, "Config's", got[0]["name"])
	assert.Equal(t, true, got[0]["fixed"])
	v := s.get("/api/v1/schedule/feeds").json(t)
	assert.Equal(t, []string{"Timing"}, titles(t, v), "the first rule that matches a session decides")
	assert.Equal(t, 12.5, v["delay"])

	preview := s.do("POST", "/api/v1/rules/preview", asJSON(t, api.RuleTrial{Rule: window, Place: 1})).json(t)
	by := map[bool]int{}
	for _, one := range list(t, preview, "sessions") {
		by[one["decided"].(bool)]++
		if one["decided"] == false {
			assert.Equal(t, "“Config's”", one["by"])
		}
	}
	assert.Equal(t, map[bool]int{true: 1, false: 1}, by, "the rule decides for qualifying, but not for the race")
}

func TestAnInvalidRuleIsRejectedAtItsField(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	bad := api.Rule{Name: "B", Series: "(", Sources: []string{}, Titles: []string{"a", "*"}, Delay: "2h"}
	says := s.do("PUT", "/api/v1/rules", asJSON(t, api.RuleList{Rules: []api.Rule{bad}})).failed(t, 422, "invalid")
	assert.Contains(t, says, "“B”: series: not a regular expression")
	v := s.do("POST", "/api/v1/rules/preview", asJSON(t, api.RuleTrial{Rule: bad, Place: -1})).json(t)
	problems := list(t, v, "problems")
	require.Len(t, problems, 3)
	assert.Equal(t, "delay", problems[2]["field"])
	assert.Equal(t, "series", problems[0]["field"])
	assert.Equal(t, "titles", problems[1]["field"])
	assert.EqualValues(t, 1, problems[1]["index"])
}

func TestAPreflightSaysWhichFeedsAreReadyAndWhatIsWrongWithTheOthers(t *testing.T) {
	p := newPaddock(t)
	h := p.home(t, "[[rule]]\nsession = \"race\"\nsources = [\"club\", \"nowhere\"]\ntitles = [\"world\", \"timing\"]\n")
	s := ready(t, h)
	v := s.get("/api/v1/schedule/preflight").json(t)
	assert.Nil(t, v["checked_at"])
	assert.Empty(t, v["feeds"])

	p.refuses.Store("/live/0.m3u8")
	s.do("PUT", "/api/v1/codecs", `{"plays":["h264","aac"]}`)
	v = s.do("POST", "/api/v1/schedule/preflight", "").json(t)
	assert.Equal(t, "1 of 3 feeds ready", v["text"])
	feeds := list(t, v, "feeds")
	require.Len(t, feeds, 3)
	assert.Equal(t, "HEVC world is encoded in H.265 (HEVC), which this browser does not play.", feeds[0]["problem"])
	assert.Equal(t, true, feeds[1]["ready"])
	assert.Equal(t, "Timing does not play: the CDN responded with 403 Forbidden.", feeds[2]["problem"])
	assert.Contains(t, feeds[2]["advice"], "token")
	sources := list(t, v, "sources")
	require.Len(t, sources, 1)
	assert.Contains(t, sources[0]["error"], "nowhere")

	s.do("PUT", "/api/v1/codecs", `{"plays":["h264","aac","hevc"]}`)
	p.refuses.Store("")
	v = s.do("POST", "/api/v1/schedule/preflight", "").json(t)
	assert.Equal(t, "3 feeds ready", v["text"])
	assert.Equal(t, v, s.get("/api/v1/schedule/preflight").json(t), "the result stays")
	s.do("PUT", "/api/v1/codecs", `{"plays":["telepathy"]}`).failed(t, 422, "invalid")

	p.gone.Store(true)
	v = s.do("POST", "/api/v1/schedule/preflight", "").json(t)
	assert.Contains(t, asJSON(t, v["sources"]), "Club TV could not be read")
	assert.Equal(t, "3 feeds ready", v["text"], "the known addresses still play")

	p.gone.Store(false)
	s.Stop()
	s = ready(t, h)
	assert.Equal(t, v, s.get("/api/v1/schedule/preflight").json(t), "the result survives a restart")
}

func TestWithoutARuleThePreflightChecksFeedsByTitle(t *testing.T) {
	p := newPaddock(t)
	h := p.home(t, "")
	h2 := testserver.NewHome(t, fmt.Sprintf("[[schedule]]\nkind = \"ics\"\nurl = \"%s/calendar.ics\"\nseries = \"Formula 1\"\n", p.URL), map[string]string{
		"named": fmt.Sprintf("kind = \"direct\"\nallow_private = true\n[[stream]]\nurl = \"%s/live/1.m3u8\"\ntitle = \"F1 onboard\"\n[[stream]]\nurl = \"%s/nope/x\"\ntitle = \"F1 timing\"\n[[stream]]\nurl = \"%s/live/2.m3u8\"\ntitle = \"News\"\n", p.URL, p.URL, p.URL),
	})
	s := ready(t, h2)
	v := s.do("POST", "/api/v1/schedule/preflight", "").json(t)
	assert.Equal(t, "1 of 2 feeds ready", v["text"], "a feed that is not live is reported, although Watch live leaves it out")
	assert.Equal(t, "F1 timing does not play: the CDN responded with 404 Not Found.", list(t, v, "feeds")[1]["problem"])
	assert.EqualValues(t, 2, s.get("/api/v1/schedule/feeds").json(t)["listed"])

	s = ready(t, h)
	v = s.do("POST", "/api/v1/schedule/preflight", "").json(t)
	assert.Equal(t, "no feed is listed", v["text"])
}

func TestASessionOpensAutomaticallyIfRequested(t *testing.T) {
	p := newPaddock(t)
	h := p.home(t, "[[rule]]\nsession = \"qualifying\"\ntitles = \"world\"\n")
	s := ready(t, h)
	opens := func(session string) bool {
		return s.get("/api/v1/schedule/preflight?" + url.Values{"event": {s.get("/api/v1/schedule/feeds").json(t)["event_id"].(string)}, "session": {session}}.Encode()).json(t)["opens"].(bool)
	}
	assert.False(t, opens("race"), "off by default")
	assert.False(t, opens("qualifying"))
	s.do("PUT", "/api/v1/settings", `{"settings":{"ui.open_at_start":"rules"}}`).json(t)
	assert.True(t, opens("qualifying"))
	assert.False(t, opens("race"))
	s.do("PUT", "/api/v1/settings", `{"settings":{"ui.open_at_start":"all"}}`).json(t)
	assert.False(t, opens("race"), "no empty grid is opened")
	event := s.get("/api/v1/schedule/feeds").json(t)["event_id"].(string)
	for _, want := range []struct {
		session string
		open    bool
	}{{"race", true}, {"qualifying", false}} {
		v := s.do("PUT", "/api/v1/schedule/opening", asJSON(t, api.Opening{Event: event, Session: want.session, Open: want.open})).json(t)
		assert.Equal(t, want.open, v["opens"])
	}
	s.Stop()
	s = ready(t, h)
	assert.True(t, opens("race"), "the choice for one session survives a restart")
	assert.False(t, opens("qualifying"), "and takes precedence over the setting")
	s.do("PUT", "/api/v1/schedule/opening", `{"event":"nope","session":"race","open":true}`).failed(t, 404, "unknown_session")
}
