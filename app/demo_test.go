package app

import (
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/internal/testserver"
)

// addresses returns the addresses in a playlist.
func addresses(playlist []byte) (out []string) {
	for line := range strings.Lines(string(playlist)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

// play fetches a stream's playlists and its newest segment, as a player would; it returns the segment's address.
func (r *running) play(id string) string {
	r.t.Helper()
	multivariant := r.get("/hls/" + id + "/index.m3u8")
	require.Equal(r.t, 200, multivariant.Status, "%s", multivariant.Body)
	variants := addresses(multivariant.Body)
	require.NotEmpty(r.t, variants, "%s", multivariant.Body)
	at := "/hls/" + id + "/" + variants[0]
	media := r.get(at)
	require.Equal(r.t, 200, media.Status, "%s", media.Body)
	segments := addresses(media.Body)
	require.NotEmpty(r.t, segments, "%s", media.Body)
	at = path.Join(path.Dir(at), segments[len(segments)-1])
	segment := r.get(at)
	require.Equal(r.t, 200, segment.Status, "%s", segment.Body)
	assert.NotEmpty(r.t, segment.Body)
	return at
}

func TestTheDemoPlaysAndLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	h := testserver.NewHome(t, "", nil)
	s := start(t, h, true)
	s.streams(4)
	require.Eventually(t, func() bool {
		for _, st := range s.streams(4) {
			if st["is_live"] != true {
				return false
			}
		}
		return true
	}, wait, 20*time.Millisecond, "each feed was checked, and plays")
	names, _ := s.listen(t.Context())
	for _, st := range s.streams(4) {
		s.play(st["id"].(string))
	}
	assert.Len(t, list(t, s.get("/api/v1/active").json(t), "active"), 4, "playing activates")
	schedule := s.get("/api/v1/schedule").json(t)
	assert.NotEmpty(t, schedule["events"])
	s.Stop()
	for range names {
	}
	goleak.VerifyNone(t, before)

	files, err := os.ReadDir(h.Config + "/sources")
	require.NoError(t, err)
	assert.Empty(t, files, "the demo writes no source file")
}

func TestAStartWithoutTheDemoDoesNotRenewItsFeeds(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet, nil)
	s := start(t, h, true)
	id := s.streams(4)[0]["id"].(string)
	s.play(id)
	require.Len(t, list(t, s.get("/api/v1/active").json(t), "active"), 1)
	s.Stop()

	s = start(t, h, false)
	assert.Empty(t, list(t, s.get("/api/v1/active").json(t), "active"), "nothing renews what the demo listed")
	answer := s.get("/hls/" + id + "/index.m3u8")
	assert.Equal(t, 404, answer.Status)
	assert.Contains(t, string(answer.Body), "unknown_stream", "its tile says that no source lists the feed any more")
	s.Stop()
}

// series returns the series of the calendar's events.
func (r *running) series() map[string]bool {
	r.t.Helper()
	out := map[string]bool{}
	for _, e := range list(r.t, r.get("/api/v1/schedule").json(r.t), "events") {
		out[e["series"].(string)] = true
	}
	return out
}

func TestTheDemoCanBeTriedFromThePage(t *testing.T) {
	before := goleak.IgnoreCurrent()
	h := testserver.NewHome(t, "schedule = []\n", nil)
	s := start(t, h, false)
	assert.Empty(t, s.series())
	assert.Equal(t, false, s.get("/api/v1/about").json(t)["demo"])
	names, _ := s.listen(t.Context())

	const file = `{"text":"name = \"Demo\"\nkind = \"demo\"\n"}`
	trial := s.do("POST", "/api/v1/sources/demo/test", file).json(t)
	assert.EqualValues(t, 4, trial["count"], "it can be tried before it is saved")
	assert.Empty(t, s.series(), "and a trial changes nothing")
	s.do("PUT", "/api/v1/sources/demo", file).json(t)
	await(t, names, "schedule")
	assert.Equal(t, map[string]bool{"demo": true}, s.series())
	assert.Equal(t, true, s.get("/api/v1/about").json(t)["demo"])
	id := s.streams(4)[0]["id"].(string)
	s.play(id)
	require.Eventually(t, func() bool { return len(list(t, s.get("/api/v1/schedule/feeds").json(t), "streams")) == 4 }, wait, 20*time.Millisecond)

	s.do("PUT", "/api/v1/sources/demo/enabled", `{"enabled":false}`).json(t)
	await(t, names, "schedule")
	assert.Empty(t, s.series(), "disabling it removes its calendar too")
	s.streams(0)
	s.do("PUT", "/api/v1/sources/demo/enabled", `{"enabled":true}`).json(t)
	await(t, names, "schedule")
	assert.Equal(t, map[string]bool{"demo": true}, s.series())
	s.streams(4)

	// After a restart the file is still there, and the playback address works.
	s.Stop()
	for range names {
	}
	goleak.VerifyNone(t, before)
	s = start(t, h, false)
	s.play(id)
	assert.Equal(t, map[string]bool{"demo": true}, s.series())
	assert.Equal(t, 204, s.do("DELETE", "/api/v1/sources/demo", "").Status)
	assert.Empty(t, s.series())
	s.Stop()
	goleak.VerifyNone(t, before)
}
