package app

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// ordered is what an event stream says about a command.
type ordered struct {
	Screen, ID, Command string
	Arguments           map[string]any
}

// orders opens the event stream of a screen, "" for one of no screen, and yields the commands in it.
func (r *running) orders(ctx context.Context, screen string) <-chan ordered {
	r.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"/api/v1/events?screen="+screen, nil)
	require.NoError(r.t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	out := make(chan ordered, 100)
	go func() {
		defer close(out)
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			text, ok := strings.CutPrefix(lines.Text(), "data: ")
			var e struct{ Order *ordered }
			if ok && assert.NoError(r.t, json.Unmarshal([]byte(text), &e)) && e.Order != nil {
				out <- *e.Order
			}
		}
	}()
	return out
}

const (
	screenA = `{"page":"p","name":"Window","layout":"auto","sound":"focus","focused":1,"tiles":[{"place":1,"stream_id":"abc","title":"World feed","state":"playing","muted":false,"volume":1,"behind_live":3.2}]`
	screens = "/api/v1/screens"
)

func TestACommandReachesItsScreenAloneAndAnswersWithItsState(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	assert.JSONEq(t, `{"screens":[],"walls":[]}`, string(s.get(screens).Body))
	s.do("PUT", "/api/v1/walls/Race", `{"tiles":[]}`, "If-None-Match", "*").json(t)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	mine, others := s.orders(ctx, "a"), s.orders(ctx, "b")
	anybody := s.orders(ctx, "")

	put := s.do("PUT", screens+"/a", screenA+"}").json(t)
	seen := list(t, s.get(screens).json(t), "screens")
	require.Len(t, seen, 1)
	assert.Equal(t, put["revision"], seen[0]["revision"])
	assert.ElementsMatch(t, []string{"id", "revision", "seen_at", "name", "wall", "layout", "delay", "sound", "muted", "focused", "tiles"}, keys(seen[0]))
	assert.ElementsMatch(t, []string{"place", "stream_id", "title", "state", "muted", "volume", "behind_live"}, keys(seen[0]["tiles"].([]any)[0].(map[string]any)))
	assert.Equal(t, []any{"Race"}, s.get(screens).json(t)["walls"])
	s.do("PUT", screens+"/a", strings.Replace(screenA, `"p"`, `"q"`, 1)+"}").failed(t, 409, "taken")

	done := make(chan reply, 1)
	go func() {
		done <- s.do("POST", screens+"/a/commands", `{"command":"volume","arguments":{"place":1,"volume":0.5},"revision":"`+put["revision"].(string)+`"}`)
	}()
	got := <-mine
	assert.Equal(t, ordered{"a", got.ID, "volume", map[string]any{"place": 1.0, "volume": 0.5}}, got)
	after := strings.Replace(screenA, `"volume":1`, `"volume":0.5`, 1) + `,"acknowledged":[{"command":"` + got.ID + `"}]}`
	s.do("PUT", screens+"/a", after).json(t)
	answer := (<-done).json(t)
	assert.Equal(t, 0.5, answer["tiles"].([]any)[0].(map[string]any)["volume"])

	stale := s.do("POST", screens+"/a/commands", `{"command":"close","arguments":{"place":1},"revision":"`+put["revision"].(string)+`"}`)
	assert.Equal(t, "the screen has changed since; read its state again", stale.failed(t, 412, "stale"))

	go func() { done <- s.do("POST", screens+"/a/commands", `{"command":"live"}`) }()
	got = <-mine
	s.do("PUT", screens+"/a", screenA+`,"acknowledged":[{"command":"`+got.ID+`","error":"The wall is empty.`+strings.Repeat(" long", 100)+`"}]}`).json(t)
	assert.Regexp(t, `^The wall is empty\. long.{274,}…$`, (<-done).failed(t, 409, "refused"), "a long reason is cut")

	go func() { done <- s.do("POST", screens+"/a/commands", `{"command":"live"}`) }()
	<-mine
	assert.Equal(t, 204, s.do("DELETE", screens+"/a?page=p", "").Status)
	assert.Equal(t, "the screen does not answer: it was closed", (<-done).failed(t, 504, "timeout"))
	end()
	for range others {
		assert.Fail(t, "a command reached another screen")
	}
	for range anybody {
		assert.Fail(t, "a command reached a page that shows no wall")
	}
}

func TestAScreenWithLongNamesAndTitlesAppears(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	long := strings.Repeat("ä", 5000)
	body := strings.NewReplacer("World feed", long, `"Window"`, `"`+long+`","wall":"`+long+`"`, `"auto"`, `"`+long+`"`, `"sound":"focus"`, `"sound":"`+long+`"`).Replace(screenA) + "}"
	got := s.do("PUT", screens+"/a", body).json(t)
	tile := got["tiles"].([]any)[0].(map[string]any)
	for name, text := range map[string]any{"title": tile["title"], "name": got["name"], "wall": got["wall"], "layout": got["layout"], "sound": got["sound"]} {
		assert.Regexp(t, "^ä{99,299}…$", text, name)
	}
	assert.Len(t, list(t, s.get(screens).json(t), "screens"), 1)
}

func TestAWrongCommandHasOneClearError(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	s.do("PUT", screens+"/a", screenA+"}").json(t)
	for name, tc := range map[string]struct {
		screen, body string
		status       int
		code         string
	}{
		"an unknown screen":      {"b", `{"command":"live"}`, 404, "unknown_screen"},
		"an unknown command":     {"a", `{"command":"reboot"}`, 422, "invalid"},
		"a missing argument":     {"a", `{"command":"open"}`, 422, "invalid"},
		"an argument too many":   {"a", `{"command":"live","arguments":{"wall":"x"}}`, 422, "invalid"},
		"an unknown argument":    {"a", `{"command":"open","arguments":{"url":"https://evil.test/a.m3u8"}}`, 422, "invalid"},
		"an address as a stream": {"a", `{"command":"open","arguments":{"stream_id":"https://evil.test/a.m3u8"}}`, 422, "invalid"},
		"a path as a wall":       {"a", `{"command":"wall","arguments":{"wall":"` + strings.Repeat("../", 200) + `"}}`, 422, "invalid"},
		"no JSON":                {"a", `command=live`, 400, "bad_request"},
	} {
		t.Run(name, func(t *testing.T) {
			s.do("POST", screens+"/"+tc.screen+"/commands", tc.body).failed(t, tc.status, tc.code)
		})
	}
	foreign := s.do("POST", screens+"/a/commands", `{"command":"live"}`, "Origin", "https://evil.test")
	foreign.failed(t, 403, "forbidden")
}

func TestARemoteFindsStreamsWithoutTheirAddresses(t *testing.T) {
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, map[string]string{"site": c.Source()}), false)
	s.streams(2)
	require.Eventually(t, func() bool {
		return s.get(screens + "/streams?query=world").json(t)["count"] == 1.0
	}, wait, 20*time.Millisecond)
	found := s.get(screens + "/streams")
	assert.NotContains(t, string(found.Body), "http")
	assert.NotContains(t, string(found.Body), "token")
}
