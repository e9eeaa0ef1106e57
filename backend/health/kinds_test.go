package health

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

// packet is one packet of MPEG-TS.
var packet = append([]byte{0x47, 0x41, 0x00, 0x10}, make([]byte, 184)...)

func TestUnplayableStreamsAreNotLive(t *testing.T) {
	const playable = "#EXTM3U\n#EXTINF:4,\na.ts\n"
	for name, tc := range map[string]struct{ playlist, segment, reason string }{
		"MPEG-TS":                       {playable, strings.Repeat(string(packet), 9), ""},
		"encrypted, begins like a page": {playable, "<\x00\x81\x17\xf3" + strings.Repeat("\x9e\x02", 600), ""},
		"MPEG-TS after a picture":       {playable, "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + strings.Repeat(string(packet), 9), ""},
		"subtitles":                     {playable, "WEBVTT\n", ""},
		"comments before #EXTM3U":       {"\n # by hand\n\n" + playable, string(packet), ""},
		"a sentence for a segment":      {playable, "token expired", "its newest segment: a text where media was expected"},
		"JSON for a segment":            {playable, `{"error": "expired"}`, "its newest segment: JSON where media was expected"},
		"XML for a segment":             {playable, `<?xml version="1.0"?><Error/>`, "its newest segment: XML where media was expected"},
		"a long text for a segment":     {playable, strings.Repeat("no more of it ", 500), "its newest segment: a text where media was expected"},
		"FLV for a segment":             {playable, "FLV\x01\x05\x00\x00\x00\x09\x00", "its newest segment: Flash video (FLV), which is not a segment of HLS"},
		"a list of streams":             {playable, playable, "its newest segment: another playlist where media was expected: this is a list of streams; use a source of kind m3u"},
		"a sentence":                    {"Forbidden", "", "a text where a playlist was expected"},
		"JSON":                          {`{"status":403}`, "", "JSON where a playlist was expected"},
		"the rest of a playlist":        {"#EXTINF:4,\na.ts\n", "", "a playlist without #EXTM3U where a playlist was expected"},
		"DASH":                          {`<?xml version="1.0"?><MPD/>`, "", "a DASH manifest (MPD), not an HLS playlist (Gridwall plays only HLS)"},
		"Smooth Streaming":              {`<SmoothStreamingMedia/>`, "", "a Smooth Streaming manifest, not an HLS playlist (Gridwall plays only HLS)"},
		"blank lines":                   {"\r\n\r\n", "", "an empty answer where a playlist was expected"},
		"noise":                         {"\x01\x02\x03\x04\x05\x06\x07\x08\x00", "", "unknown data where a playlist was expected"},
		"a radio of MP3":                {strings.Repeat("\xff\xfb\x14\xc4"+strings.Repeat("\x00", 92), 4), "", "MP3 audio, not an HLS playlist (Gridwall plays only HLS)"},
	} {
		t.Run(name, func(t *testing.T) {
			h := checkOf(t, cdn(t, map[string]string{"/p": tc.playlist, "/a.ts": tc.segment}, nil).URL+"/p", nil)
			assert.Equal(t, tc.reason, h.Reason)
			assert.Equal(t, tc.reason == "", h.Live)
		})
	}
}

// The check must not wait until it has read as much as its limit, which an endless stream takes seconds to send.
func TestEndlessTransportStreamsAreRecognisedAtOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		chunk  []byte
		reason string
	}{
		"MPEG-TS": {packet, "endless MPEG-TS, not an HLS playlist (Gridwall plays only HLS)"},
		"FLV":     {[]byte("FLV\x01\x05\x00\x00\x00\x09"), "endless Flash video (FLV), not an HLS playlist (Gridwall plays only HLS)"},
		"AAC":     {[]byte("\xff\xf1\x4c\x80\x03\x1f\xfc" + strings.Repeat("\x21", 17)), "endless AAC audio, not an HLS playlist (Gridwall plays only HLS)"},
	} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int64
			gone := make(chan struct{})
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(gone)
				chunk := bytes.Repeat(tc.chunk, 4)
				for range 40 { // enough to recognise it; then nothing is sent until the check closes the connection
					_, err := w.Write(chunk)
					sent.Add(int64(len(chunk)))
					if err != nil {
						return
					}
				}
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			}))
			t.Cleanup(srv.Close)
			h := checkOf(t, srv.URL+"/p", nil)
			assert.False(t, h.Live)
			assert.Equal(t, tc.reason, h.Reason)
			<-gone
		})
	}
}

func TestChecksOfAPlayingStreamOpenNoSecondMediaConnection(t *testing.T) {
	var segments atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/p" {
			_, _ = io.WriteString(w, mediaPlaylist)
			return
		}
		segments.Add(1)
		_, _ = w.Write(packet)
	}))
	t.Cleanup(srv.Close)
	c := newChecker(t, func(id string) bool { return id == "played" })
	for id, want := range map[string]int32{"played": 0, "other": 1} {
		segments.Store(0)
		h, ok := c.Check(t.Context(), stream.Stream{ID: id, URL: srv.URL + "/p"}, local)
		require.True(t, ok)
		assert.True(t, h.Live, h.Reason)
		assert.Equal(t, want, segments.Load(), id)
	}
}

// A CDN does not accept a token that is encoded differently, or whose parameters are reordered.
func TestTokensAreSentToChildrenUnchanged(t *testing.T) {
	const token = "z=1&hdnts=st=1~exp=2~acl=/*~hmac=a%2Bb&A=%7e"
	srv := cdn(t, map[string]string{"/p": mediaPlaylist, "/b.ts": "G...."}, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.RawQuery != token {
			w.WriteHeader(http.StatusForbidden)
			return false
		}
		return true
	})
	h := checkOf(t, srv.URL+"/p?"+token, nil)
	assert.True(t, h.Live, h.Reason)
}
