package proxy

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// picture is a PNG of one pixel.
const picture = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x0dIDATx\x9cc\xf8\x0f\x00\x00\x01\x01\x00\x05\x18\xd8N\x00\x00\x00\x00IEND\xaeB`\x82"

// transportOf returns n distinct packets of MPEG-TS.
func transportOf(n int) []byte {
	var b []byte
	for i := range n {
		p := bytes.Repeat([]byte{byte(i), 0x9e}, 94)
		copy(p, []byte{0x47, 0x41, byte(i >> 8), 0x10})
		b = append(b, p...)
	}
	return b
}

// answers makes the edge answer requests for paths that end with suffix, as long as their token is good.
func (e *edge) answers(suffix string, answer func(w http.ResponseWriter, r *http.Request)) {
	e.set(func() {
		before := e.serve
		e.serve = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, suffix) && (e.token == "" || e.guard(r, e.token)) {
				answer(w, r)
				return true
			}
			return before != nil && before(w, r)
		}
	})
}

func responding(contentType, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		_, _ = w.Write([]byte(body))
	}
}

func TestVideoBehindAPicturePlays(t *testing.T) {
	video := transportOf(400)
	hidden := append([]byte(picture), video...)
	for name, ranges := range map[string]bool{"a server with ranges": true, "a server without ranges": false} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.answers("seg103.ts", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "image/png")
				if !ranges {
					w.Header().Set("Content-Length", fmt.Sprint(len(hidden)))
					_, _ = w.Write(hidden)
					return
				}
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(hidden))
			})
			g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
			status, h, body := g.do("/hls/feed/main/103.ts")
			assert.Equal(t, http.StatusOK, status)
			assert.Equal(t, "video/mp2t", h.Get("Content-Type"))
			assert.Equal(t, fmt.Sprint(len(video)), h.Get("Content-Length"))
			assert.True(t, bytes.Equal(video, body))
			status, h, body = g.do("/hls/feed/main/103.ts", "Range", "bytes=188-375")
			assert.Equal(t, http.StatusPartialContent, status)
			assert.Equal(t, fmt.Sprintf("bytes 188-375/%d", len(video)), h.Get("Content-Range"))
			assert.Equal(t, video[188:376], body)
			assert.Zero(t, g.site.count())
		})
	}
}

func TestFragmentsBehindAPicturePlay(t *testing.T) {
	const initial = "\x00\x00\x00\x14ftypiso5\x00\x00\x00\x00iso5\x00\x00\x00\x10moov12345678"
	fragment := "\x00\x00\x00\x10moof12345678\x00\x00\x03\xf0mdat" + strings.Repeat("\x9e", 1000)
	s := newTextServer(t, map[string]string{
		"/v.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI=\"i.png\"\n#EXTINF:2,\n7.png\n#EXT-X-PART:DURATION=1,URI=\"8.png\"\n",
		"/i.png":  picture + initial, "/7.png": picture + fragment, "/8.png": picture + fragment,
	})
	g := newRig(t, s.URL+"/v.m3u8")
	list := g.get(mainList)
	for name, want := range map[string]string{attribute(t, list, "URI", 0): initial, lines(list)[0]: fragment, attribute(t, list, "URI", 1): fragment} {
		status, h, body := g.do("/hls/feed/main/" + name)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, "video/mp4", h.Get("Content-Type"), name)
		assert.Equal(t, want, string(body), name)
	}
	_, h, body := g.do("/hls/feed/main/"+lines(list)[0], "Range", "bytes=16-23")
	assert.Equal(t, fmt.Sprintf("bytes 16-23/%d", len(fragment)), h.Get("Content-Range"))
	assert.Equal(t, fragment[16:24], string(body))
	assert.Zero(t, g.site.count())
}

func TestTruncatedVideoBehindAPictureIsResumed(t *testing.T) {
	video := transportOf(3000)
	hidden := append([]byte(picture), video...)
	e := newEdge(t)
	var asked atomic.Int32
	e.answers("seg103.ts", func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 1 {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(hidden))
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(hidden)))
		_, _ = w.Write(hidden[:len(hidden)/2+7])
		panic(http.ErrAbortHandler)
	})
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	assert.True(t, bytes.Equal(video, []byte(g.get("/hls/feed/main/103.ts"))))
	assert.EqualValues(t, 2, asked.Load())
	assert.Zero(t, g.site.count())
}

func TestAShortSegmentBehindAPicturePlays(t *testing.T) {
	e := newEdge(t)
	e.answers("seg103.ts", responding("image/png", picture+string(transportOf(2))))
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	assert.Equal(t, string(transportOf(2)), g.get("/hls/feed/main/103.ts"))
}

func TestAPictureWithoutVideoIsServedAsAPicture(t *testing.T) {
	e := newEdge(t)
	e.answers("seg103.ts", responding("application/octet-stream", picture))
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	status, h, body := g.do("/hls/feed/main/103.ts")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "image/png", h.Get("Content-Type"))
	assert.Equal(t, picture, string(body))
}

// A text with status 200 is a refusal, whatever its Content-Type: the token is renewed, and the player gets media.
func TestATextInsteadOfMediaRenewsTheToken(t *testing.T) {
	for name, tc := range map[string]struct{ contentType, body string }{
		"a sentence as video":       {"video/mp2t", "Forbidden"},
		"a sentence without a type": {"", "token expired\n"},
		"JSON as bytes":             {"application/octet-stream", `{"error":"token expired"}`},
		"XML as video":              {"video/mp4", "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>"},
		"a page as video":           {"video/mp2t", "\n<!-- edge -->\n<html><body>Sorry</body></html>"},
		"a piece of a page":         {"video/mp2t", "<br />\n<b>Warning</b>: the session has ended"},
		"a sentence in Chinese":     {"text/plain; charset=utf-8", "链接已失效"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, object := range []string{"104.ts", "key-100"} {
				e := newEdge(t)
				e.key = "key"
				e.deny = func(w http.ResponseWriter) { responding(tc.contentType, tc.body)(w, nil) }
				g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
				g.site.next = func() (string, error) { return e.URL + "/live/v.m3u8?token=t2", nil }
				g.get(mainList)
				e.set(func() { e.token = "t2" })
				want := map[string]string{"104.ts": string(content(104)), "key-100": "0123456789abcdef"}[object]
				assert.Equal(t, want, g.get("/hls/feed/main/"+object))
				assert.Equal(t, 1, g.site.count())
			}
		})
	}
}

func TestMediaIsServedDespiteAWrongContentType(t *testing.T) {
	e := newEdge(t)
	e.token = ""
	g := newRig(t, e.URL+"/live/v.m3u8")
	aac := strings.Repeat("\xff\xf1\x4c\x80\x03\x1f\xfc"+strings.Repeat("\x21", 17), 2)
	for i, tc := range []struct{ said, body, passed string }{
		{"text/html; charset=utf-8", string(transportOf(4)), "video/mp2t"},
		{"application/json", "\x00\x00\x00\x0cmoof\x00\x00\x00\x00", "video/mp4"},
		{"text/plain", aac, "audio/aac"},
		{"image/jpeg", "<\x8f\x17\x00\xe3" + strings.Repeat("\x9d\x01", 40), "video/mp2t"}, // encrypted
		{"", "WEBVTT\n\n", "text/vtt"},
		{"application/octet-stream", "", ""},
	} {
		msn := 100 + i
		e.answers(fmt.Sprintf("seg%d.ts", msn), responding(tc.said, tc.body))
		if tc.body == "" {
			continue
		}
		status, h, body := g.do(fmt.Sprintf("/hls/feed/main/%d.ts", msn))
		assert.Equal(t, http.StatusOK, status, tc.said)
		assert.Equal(t, tc.passed, h.Get("Content-Type"), tc.said)
		assert.Equal(t, tc.body, string(body))
	}
	status, _, body := g.do("/hls/feed/main/105.ts")
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, string(body), "answered nothing instead of media")
	assert.Zero(t, g.site.count())
}

func TestKeysAreRecognisedByTheirBytes(t *testing.T) {
	const raw = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
	for name, tc := range map[string]struct{ method, said, body, key string }{
		"as a page":         {"AES-128", "text/html", raw, raw},
		"with a line end":   {"AES-128", "text/plain", raw + "\r\n", raw},
		"in hexadecimal":    {"AES-128", "text/plain", "000102030405060708090a0b0c0d0e0f\n", raw},
		"AES-256":           {"AES-256", "text/html", raw + raw, raw + raw},
		"of another format": {"SAMPLE-AES\",KEYFORMAT=\"x.y", "application/json", `{"license": "abc"}`, `{"license": "abc"}`},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.token = ""
			method, format, _ := strings.Cut(tc.method, "\",")
			e.answers("/v.m3u8", func(w http.ResponseWriter, _ *http.Request) {
				if format != "" {
					format = "," + strings.TrimPrefix(format, ",") + "\""
				}
				fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:100\n#EXT-X-KEY:METHOD=%s,URI=\"k\"%s\n#EXTINF:2,\nseg100.ts\n", method, format)
			})
			e.answers("/k", responding(tc.said, tc.body))
			g := newRig(t, e.URL+"/live/v.m3u8")
			g.get(mainList)
			status, h, body := g.do("/hls/feed/main/key-100")
			assert.Equal(t, http.StatusOK, status, "%s", body)
			assert.Equal(t, tc.key, string(body))
			assert.Equal(t, "application/octet-stream", h.Get("Content-Type"))
		})
	}
}

func TestSessionKeysAreKeysAndSessionDataMayBeText(t *testing.T) {
	const raw = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
	e := newEdge(t)
	e.answers("/master.m3u8", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "#EXTM3U\n#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"k?%[1]s\"\n#EXT-X-SESSION-DATA:DATA-ID=\"a.b\",URI=\"d.json?%[1]s\"\n"+
			"#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360\nv.m3u8?%[1]s\n", r.URL.RawQuery)
	})
	e.answers("/k", responding("text/html", raw+"\n"))
	e.answers("/d.json", responding("application/json", `{"text": "token expired"}`))
	e.deny = func(w http.ResponseWriter) { responding("application/octet-stream", "token expired")(w, nil) }
	g := newRig(t, e.URL+"/live/master.m3u8?token=t1")
	g.site.next = func() (string, error) { return e.URL + "/live/master.m3u8?token=t2", nil }
	list := g.get("/hls/feed/index.m3u8")
	key := tagAttribute(list, "URI")
	_, rest, _ := strings.Cut(list, "DATA-ID")
	assert.Equal(t, `{"text": "token expired"}`, g.get("/hls/feed/"+tagAttribute(rest, "URI")))
	e.set(func() { e.token = "t2" })
	assert.Equal(t, raw, g.get("/hls/feed/"+key))
	assert.Equal(t, 1, g.site.count())
}

func TestEmptySubtitlesAreNotAFault(t *testing.T) {
	e := newEdge(t)
	e.token = ""
	e.answers("/master.m3u8", responding("", "#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"en\",LANGUAGE=\"en\",URI=\"s.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360,SUBTITLES=\"s\"\nv.m3u8\n"))
	e.answers("/s.m3u8", responding("", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:1\n#EXTINF:2,\n1.vtt\n#EXTINF:2,\n2.vtt\n#EXTINF:2,\n3\n#EXTINF:2,\n4.srt\n#EXTINF:2,\n5.xml\n#EXTINF:2,\n6.vtt\n"))
	cues := map[int]struct{ said, body, passed string }{
		1: {"text/html", "", "text/vtt"},
		2: {"text/plain", "\xef\xbb\xbfWEBVTT\r\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\r\n", "text/vtt"},
		3: {"text/vtt", "", "text/vtt"},
		4: {"text/plain", "1\n00:00:01,000 --> 00:00:02,000\nGo\n", "application/octet-stream"},
		5: {"text/xml", "<?xml version=\"1.0\"?><tt xmlns=\"http://www.w3.org/ns/ttml\"/>", "application/octet-stream"},
	}
	for n, c := range cues {
		for _, suffix := range []string{"vtt", "srt", "xml"} {
			e.answers(fmt.Sprintf("/%d.%s", n, suffix), responding(c.said, c.body))
		}
	}
	e.answers("/3", responding(cues[3].said, cues[3].body))
	e.answers("/6.vtt", responding("text/vtt", "Access denied: token expired"))
	g := newRig(t, e.URL+"/live/master.m3u8")
	dir := "/hls/feed/" + strings.TrimSuffix(tagAttribute(g.get("/hls/feed/index.m3u8"), "URI"), "index.m3u8")
	names := lines(g.get(dir + "index.m3u8"))
	require.Len(t, names, 6)
	for n, c := range cues {
		status, h, body := g.do(dir + names[n-1])
		assert.Equal(t, http.StatusOK, status, "%d: %s", n, body)
		assert.Equal(t, c.body, string(body))
		assert.Equal(t, c.passed, h.Get("Content-Type"), n)
	}
	assert.Zero(t, g.site.count())
	status, _, body := g.do(dir + names[5])
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, string(body), "answered a text instead of media")
	assert.Equal(t, 1, g.site.count(), "a text instead of subtitles is a refusal")
}

// tagAttribute returns the first value of an attribute in a playlist.
func tagAttribute(playlist, name string) string {
	_, rest, _ := strings.Cut(playlist, name+"=\"")
	value, _, _ := strings.Cut(rest, "\"")
	return value
}

func TestAnUnrequested206OfTheWholeObjectIsAccepted(t *testing.T) {
	e := newEdge(t)
	part := func(header string, more ...int) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			body := content(103)
			if strings.HasSuffix(r.URL.Path, ".m3u8") {
				body = []byte(e.Playlist("?token=t1"))
			}
			size := len(body)
			for _, n := range more { // a server that declares a wrong size
				size += n
			}
			w.Header().Set("Content-Range", fmt.Sprintf(header, size-1, size))
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(body)
		}
	}
	e.answers("/v.m3u8", part("bytes 0-%d/%d"))
	e.answers("seg103.ts", part("bytes 0-%d/%d"))
	e.answers("seg104.ts", part("bytes 5-%d/%d"))
	e.answers("seg105.ts", part("bytes 0-%d/%d", 1))
	e.answers("one-more.m3u8", part("bytes 0-%d/%d", 1))
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	assert.Len(t, lines(g.get(mainList)), 6)
	status, h, body := g.do("/hls/feed/main/103.ts")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, fmt.Sprint(len(content(103))), h.Get("Content-Length"))
	assert.True(t, bytes.Equal(content(103), body))
	status, _, _ = g.do("/hls/feed/main/104.ts")
	assert.Equal(t, http.StatusBadGateway, status)
	assert.True(t, bytes.Equal(content(103), []byte(g.get("/hls/feed/main/105.ts"))))
	assert.Len(t, lines(newRig(t, e.URL+"/live/one-more.m3u8?token=t1").get(mainList)), 6)
}

// A list of channels parses as a media playlist. Its entries are not media, but playlists with upstream addresses.
func TestAPlaylistInsteadOfASegmentIsRefused(t *testing.T) {
	e := newEdge(t)
	e.answers("/list.m3u", responding("audio/x-mpegurl", "#EXTM3U\n#EXTINF:-1 tvg-id=\"a\",A\nv.m3u8?token=t1\n"))
	g := newRig(t, e.URL+"/live/list.m3u?token=t1")
	status, h, body := g.do("/hls/feed/main/0.ts")
	assert.Equal(t, http.StatusBadGateway, status)
	assert.Contains(t, h.Get("Content-Type"), "json")
	assert.NotContains(t, string(body), "seg10")
	assert.Contains(t, string(body), "answered an HLS playlist instead of a segment: the stream's address is a list of streams; add it as a source of kind m3u")
}

func TestErrorsNameWhatWasAnsweredInsteadOfAPlaylist(t *testing.T) {
	const hint = "; Gridwall plays only HLS: look for the stream's .m3u8 address"
	for name, tc := range map[string]struct {
		body, message string
		renewals      int
	}{
		"a page":                 {"<!doctype html><title>x</title>", "answered a web page instead of media", 1},
		"a sentence":             {"Forbidden", "answered a text instead of a playlist", 1},
		"JSON":                   {`{"error":"expired"}`, "answered JSON instead of a playlist", 1},
		"XML":                    {"<Error><Code>AccessDenied</Code></Error>", "answered XML instead of a playlist", 1},
		"nothing":                {"", "answered nothing instead of a playlist", 0},
		"blank lines":            {"\r\n\r\n", "answered nothing instead of a playlist", 0},
		"the rest of a playlist": {"#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n", "answered a playlist without #EXTM3U, which no player can read", 0},
		"DASH":                   {"<?xml version=\"1.0\"?><MPD></MPD>", "answered a DASH manifest (MPD), not an HLS playlist" + hint, 0},
		"Smooth Streaming":       {"<SmoothStreamingMedia/>", "answered a Smooth Streaming manifest, not an HLS playlist" + hint, 0},
		"an MP4 file":            {"\x00\x00\x00\x14ftypmp42\x00\x00\x00\x00mp42", "answered MP4, not an HLS playlist" + hint, 0},
		"bytes":                  {"\x00\x01\x02\x03\x04\x05\x06\x07\x08", "answered bytes of no known form instead of a playlist", 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.answers("/v.m3u8", responding("application/vnd.apple.mpegurl", tc.body))
			g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
			status, _, body := g.do(mainList)
			assert.Equal(t, http.StatusBadGateway, status)
			assert.Contains(t, string(body), tc.message)
			assert.NotContains(t, string(body), "t1")
			if name != "a page" {
				assert.NotContains(t, string(body), "web page")
			}
			assert.Equal(t, tc.renewals, g.site.count())
		})
	}
}

// An endless stream instead of a playlist is recognised by its first bytes: the player does not wait, and nothing is renewed.
func TestAnEndlessStreamInsteadOfAPlaylistFailsAtOnce(t *testing.T) {
	for kind, chunk := range map[string][]byte{
		"MPEG-TS": transportOf(4), "Flash video (FLV)": []byte("FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"),
		"AAC audio": []byte(strings.Repeat("\xff\xf1\x4c\x80\x03\x1f\xfc"+strings.Repeat("\x21", 17), 2)),
	} {
		t.Run(kind, func(t *testing.T) {
			e := newEdge(t)
			e.answers("/v.m3u8", func(w http.ResponseWriter, r *http.Request) {
				e.mu.Unlock() // for concurrent requests
				defer e.mu.Lock()
				_, _ = w.Write(chunk)
				w.(http.Flusher).Flush()
				<-r.Context().Done() // the rest arrives in real time
			})
			g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
			for range 2 {
				status, _, body := g.do("/hls/feed/index.m3u8")
				assert.Equal(t, http.StatusBadGateway, status)
				assert.Contains(t, string(body), "answered endless "+kind+", not an HLS playlist")
			}
			assert.Zero(t, g.site.count())
			assert.Equal(t, 2, e.count("/live/v.m3u8"))
		})
	}
}

func TestAPlaylistAfterBlankLinesAndCommentsPlays(t *testing.T) {
	e := newEdge(t)
	e.answers("/v.m3u8", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "\xef\xbb\xbf\r\n  \n# made by hand, not #EXTM3U yet\n", e.Playlist("?token=t1"))
	})
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	list := g.get(mainList)
	assert.True(t, strings.HasPrefix(list, "#EXTM3U\n"))
	assert.Len(t, lines(list), 6)
}
