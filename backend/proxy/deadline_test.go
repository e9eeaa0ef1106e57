package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/fetch"
	"gridwall/backend/hls"
	"gridwall/backend/playback"
	"gridwall/backend/timeline"
)

// deadlines is a response writer that records its write deadline.
type deadlines struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.until = t
	return nil
}

func TestPlaylistsAndErrorsAreWrittenWithADeadline(t *testing.T) {
	for name, write := range map[string]func(w http.ResponseWriter){
		"a playlist": func(w http.ResponseWriter) { _ = writePlaylist(w, []byte("#EXTM3U\n")) },
		"a list":     func(w http.ResponseWriter) { _ = writeText(w, http.StatusOK, "application/json", []byte("{}")) },
		"an error":   func(w http.ResponseWriter) { writeFailure(w, fetch.AsFailure(errors.New("x"))) },
	} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		write(w)
		assert.False(t, w.until.IsZero(), name)
		assert.LessOrEqual(t, time.Until(w.until), writeWait, name)
	}
}

func TestSegmentsAreWrittenWithADeadline(t *testing.T) {
	g := newMemoryRig(t, "http://127.0.0.1/v.m3u8", func(path string, _ int) string {
		if path != "/v.m3u8" {
			return strings.Repeat("G"+strings.Repeat("x", 187), 20)
		}
		return "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.ts\n#EXT-X-ENDLIST\n"
	})
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	g.proxy.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hls/feed/main/0.ts", nil))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.False(t, w.until.IsZero())
	assert.LessOrEqual(t, time.Until(w.until), writeWait)
}

// The viewer's name is part of every address, so each viewer has a rendering of its own: 64 viewers of a long playlist kept
// 64 texts in memory.
func TestRenderedPlaylistsOfManyViewersAreBounded(t *testing.T) {
	g := newMemoryRig(t, "http://127.0.0.1/v.m3u8", func(string, int) string {
		return "#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + strings.Repeat("#EXTINF:4,\na.ts\n", 20_000) + "#EXT-X-ENDLIST\n"
	})
	g.proxy.engine.Age = func(*timeline.Snapshot) time.Duration { return time.Hour }
	longest := 0
	for i := range 64 {
		rec := g.get(fmt.Sprintf("/hls/feed/main/index.m3u8?viewer=v%d", i))
		assert.Equal(t, http.StatusOK, rec.Code)
		longest = max(longest, rec.Body.Len())
	}
	f, err := g.proxy.engine.Stream("feed")
	assert.NoError(t, err)
	kept := f.Rendition(playback.MainRendition).Current().RenderedBytes()
	assert.Positive(t, kept)
	assert.LessOrEqual(t, kept, max(timeline.MaxRendered, longest))
}

// The upstream's target duration decides how long a blocking request waits, so it has to be bounded.
func TestAHugeTargetDurationDoesNotProlongBlockingRequests(t *testing.T) {
	media, err := hls.ParseMedia([]byte("#EXTM3U\n#EXT-X-TARGETDURATION:999999999\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3\n#EXTINF:4,\n0.ts\n"), hls.Env{})
	require.NoError(t, err)
	s := &timeline.Snapshot{Playlist: &timeline.Playlist{Media: media}}
	directives, wait := blocking{msn: 1, part: -1}.directives(s, fetch.PlaylistTimeout)
	assert.Equal(t, "_HLS_msn=1", directives)
	assert.LessOrEqual(t, wait, 3*maxTarget+fetch.PlaylistTimeout)
}
