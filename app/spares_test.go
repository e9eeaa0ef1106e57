package app

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// twoSites starts a server with two sites that list the same streams, with a configuration, and returns their streams called World
// feed.
func twoSites(t *testing.T, h testserver.Home) (s *running, first, second map[string]any) {
	s = start(t, h, false)
	s.do("POST", "/api/v1/extract", "").json(t)
	for _, one := range list(t, s.get("/api/v1/streams?all=1").json(t), "streams") {
		switch {
		case one["title"] != "World feed":
		case one["site_key"] == "alpha":
			first = one
		default:
			second = one
		}
	}
	require.NotNil(t, first)
	require.NotNil(t, second)
	return s, first, second
}

func sites(t *testing.T, toml string) testserver.Home {
	return testserver.NewHome(t, testserver.Quiet+toml, map[string]string{"alpha": testserver.NewCDN(t).Source(), "beta": testserver.NewCDN(t).Source()})
}

// By rule, the feeds of other sources with the same title are spares.
func TestARuleMakesFeedsOfOtherSourcesSpares(t *testing.T) {
	s, first, second := twoSites(t, sites(t, "[[rule]]\ntitles = [\"world\"]\nspare = true\nspare_back = \"2m\"\n"))
	id := first["id"].(string)
	got := s.get("/api/v1/streams/" + id + "/spares").json(t)
	spares := list(t, got, "spares")
	require.Len(t, spares, 1)
	assert.Equal(t, second["id"], spares[0]["stream_id"])
	assert.Equal(t, "unknown", spares[0]["state"])
	assert.Equal(t, false, got["by_hand"])
	assert.EqualValues(t, 120, got["back_after"])
	rule := list(t, s.get("/api/v1/rules").json(t), "rules")[0]
	assert.Equal(t, true, rule["spare"])
	active := s.do("POST", "/api/v1/active", `{"stream_id":"`+id+`"}`).json(t)
	spare := active["spare"].(map[string]any)
	assert.Equal(t, id, spare["stream_id"])
	assert.Nil(t, spare["since"])
	for _, one := range list(t, s.get("/api/v1/streams?all=1").json(t), "streams") {
		if one["title"] != "World feed" {
			assert.Empty(t, list(t, s.get("/api/v1/streams/"+one["id"].(string)+"/spares").json(t), "spares"), "the rule does not select it")
		}
	}
}

// By hand, a user sets the spares of a feed, and switches; both survive a restart.
func TestSparesAreSetAndSwitchedByHand(t *testing.T) {
	h := sites(t, "")
	s, first, second := twoSites(t, h)
	id, other := first["id"].(string), second["id"].(string)
	spares := "/api/v1/streams/" + id + "/spares"
	assert.Empty(t, list(t, s.get(spares).json(t), "spares"), "no rule makes any")
	assert.Equal(t, true, s.do("PUT", spares, `{"stream_ids":["`+other+`"]}`).json(t)["by_hand"])
	s.do("PUT", spares, `{"stream_ids":["nobody"]}`).failed(t, http.StatusUnprocessableEntity, "invalid")
	s.do("PUT", spares, `{"stream_ids":["`+id+`"]}`).failed(t, http.StatusUnprocessableEntity, "invalid")
	s.do("PUT", "/api/v1/streams/nobody/spares", `{"stream_ids":[]}`).failed(t, http.StatusNotFound, "unknown_stream")

	spare := "/api/v1/active/" + id + "/spare"
	s.do("POST", spare, `{}`).failed(t, http.StatusNotFound, "not_active")
	active := s.do("POST", "/api/v1/active", `{"stream_id":"`+id+`"}`).json(t)
	assert.Contains(t, active, "spare")
	require.Equal(t, http.StatusOK, s.get("/hls/"+id+"/index.m3u8").Status)
	s.do("POST", spare, `{"stream_id":"nobody"}`).failed(t, http.StatusUnprocessableEntity, "invalid")
	s.do("POST", spare, `{"reason":"boring"}`).failed(t, http.StatusUnprocessableEntity, "invalid")
	feeds := func(v map[string]any) any { return v["spare"].(map[string]any)["stream_id"] }
	got := s.do("POST", spare, `{"stream_id":"`+other+`"}`).json(t)
	assert.Equal(t, other, feeds(got))
	assert.Equal(t, active["playback_url"], got["playback_url"])
	text := string(s.get("/hls/" + id + "/index.m3u8").Body)
	assert.Contains(t, text, "#EXT-X-DISCONTINUITY\n")
	s.Stop()

	s, _, _ = twoSites(t, h)
	assert.Equal(t, other, feeds(list(t, s.get("/api/v1/active").json(t), "active")[0]))
	assert.Equal(t, id, feeds(s.do("POST", spare, `{"stream_id":""}`).json(t)))
	assert.Equal(t, other, feeds(s.do("POST", spare, `{}`).json(t)), "the next one")
	assert.Equal(t, false, s.do("PUT", spares, `{"stream_ids":null}`).json(t)["by_hand"])
}

func TestARuleWithABadDurationForSparesIsRefused(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	for _, bad := range []string{"soon", "10s", "48h"} {
		says := s.do("PUT", "/api/v1/rules", `{"rules":[{"titles":["a"],"sources":[],"spare":true,"spare_back":"`+bad+`"}]}`).failed(t, http.StatusUnprocessableEntity, "invalid")
		assert.Contains(t, says, "spare_back: ")
	}
	s.do("PUT", "/api/v1/rules", `{"rules":[{"titles":["a"],"sources":[],"spare_back":"5m"}]}`).failed(t, http.StatusUnprocessableEntity, "invalid")
	s.do("PUT", "/api/v1/rules", `{"rules":[{"titles":[],"sources":[],"spare":true}]}`).json(t)
}
