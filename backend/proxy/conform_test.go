package proxy

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// firstBytes is how many bytes of a segment the proxy reads before it forwards them.
const firstBytes = 512

// textServer serves fixed texts by path. A test can replace them, or handle requests itself.
type textServer struct {
	*httptest.Server
	mu     sync.Mutex
	texts  map[string]string
	asked  []string // path?query, in order
	handle func(w http.ResponseWriter, r *http.Request) bool
}

func newTextServer(t *testing.T, texts map[string]string) *textServer {
	s := &textServer{texts: texts}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.RequestURI())
		text, ok := s.texts[r.URL.Path]
		handle := s.handle
		s.mu.Unlock()
		if handle != nil && handle(w, r) {
			return
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(strings.ReplaceAll(text, "HERE", "http://"+r.Host)))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *textServer) put(path, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts[path] = text
}

func (s *textServer) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// attribute returns the value of the n-th NAME="…" in a playlist.
func attribute(t *testing.T, playlist, name string, n int) string {
	t.Helper()
	all := strings.Split(playlist, name+`="`)
	require.Greater(t, len(all), n+1, "%s in %s", name, playlist)
	v, _, _ := strings.Cut(all[n+1], `"`)
	return v
}

func noUpstream(t *testing.T, text string) {
	t.Helper()
	assert.NotContains(t, text, "127.0.0.1")
	assert.NotContains(t, text, "tok")
}

// An interstitial's list, its playlists, their init sections and segments are all fetched through the proxy, and the
// player's _HLS_ parameters reach the server of the list.
func TestInterstitialsPlayWithoutAnUpstreamAddress(t *testing.T) {
	s := newTextServer(t, map[string]string{
		"/live/v.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n" +
			"#EXT-X-DATERANGE:ID=\"1\",CLASS=\"com.apple.hls.interstitial\",START-DATE=\"2026-11-27T14:00:00Z\",X-ASSET-LIST=\"HERE/ads/list?tok=1\"\n" +
			"#EXT-X-DATERANGE:ID=\"2\",START-DATE=\"2026-11-27T14:00:09Z\",X-ASSET-URI=\"../ads/one?tok=1\",X-COM-CLICK=\"https://127.0.0.1/tok\"\n#EXTINF:2,\ns.ts\n",
		"/ads/list":    `{"ASSETS":[{"URI":"HERE/ads/two?tok=2","DURATION":2},{"URI":"one?tok=3","DURATION":2}]}`,
		"/ads/one":     "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia?tok=4\n",
		"/ads/media":   "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"i.mp4?tok=5\"\n#EXTINF:2,\n#EXT-X-BYTERANGE:3@4\nall.mp4?tok=6\n#EXT-X-ENDLIST\n",
		"/ads/two":     "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nHERE/ads/s2.ts?tok=7\n#EXT-X-ENDLIST\n",
		"/ads/i.mp4":   "\x00init",
		"/ads/all.mp4": "\x00123abc789",
		"/ads/s2.ts":   "\x47two",
	})
	g := newRig(t, s.URL+"/live/v.m3u8?tok=0")
	list := g.get(mainList)
	noUpstream(t, list)
	assets := "/hls/feed/" + strings.TrimPrefix(attribute(t, list, "X-ASSET-LIST", 0), "../")
	text := g.get(assets + "?_HLS_primary_id=p1&_HLS_start_offset=3&other=x")
	noUpstream(t, text)
	assert.Contains(t, s.requests(), "/ads/list?tok=1&_HLS_primary_id=p1&_HLS_start_offset=3")
	two, one := attributeJSON(t, text, 0), attributeJSON(t, text, 1)
	for _, uri := range []string{one, strings.TrimPrefix(attribute(t, list, "X-ASSET-URI", 0), "../")} {
		root := g.get("/hls/feed/" + uri)
		noUpstream(t, root)
		media := g.get("/hls/feed/" + lines(root)[0])
		noUpstream(t, media)
		assert.Equal(t, "\x00init", g.get("/hls/feed/"+attribute(t, media, "URI", 0)))
		status, _, body := g.do("/hls/feed/"+lines(media)[0], "Range", "bytes=4-6")
		assert.Equal(t, http.StatusPartialContent, status)
		assert.Equal(t, "abc", string(body))
	}
	media := g.get("/hls/feed/" + two)
	noUpstream(t, media)
	assert.Equal(t, "\x47two", g.get("/hls/feed/"+lines(media)[0]))
}

func attributeJSON(t *testing.T, text string, n int) string {
	t.Helper()
	all := strings.Split(text, `"URI":"`)
	require.Greater(t, len(all), n+1, text)
	v, _, _ := strings.Cut(all[n+1], `"`)
	return v
}

// An asset is requested with the current token, although the player found its date range in an older playlist.
func TestAnAssetsAddressOutlivesItsToken(t *testing.T) {
	s := newTextServer(t, map[string]string{})
	tok := "1"
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("token") != tok {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		if strings.HasSuffix(r.URL.Path, "v.m3u8") {
			fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"a.json?token=%s\",X-COM-LINK=\"http://%s/x.bin?token=%s\"\n#EXTINF:2,\ns.ts\n", tok, r.Host, tok)
			return true
		}
		fmt.Fprint(w, `{"ASSETS":[]}`)
		return true
	}
	g := newRig(t, s.URL+"/v.m3u8?token=1")
	g.site.next = func() (string, error) { return s.URL + "/v.m3u8?token=2", nil }
	list := g.get(mainList)
	path := "/hls/feed/" + strings.TrimPrefix(attribute(t, list, "X-ASSET-LIST", 0), "../")
	link := "/hls/feed/" + strings.TrimPrefix(attribute(t, list, "X-COM-LINK", 0), "../")
	s.mu.Lock()
	tok = "2"
	s.mu.Unlock()
	assert.Equal(t, `{"ASSETS":[]}`, g.get(path))
	assert.Equal(t, `{"ASSETS":[]}`, g.get(link))
	assert.Equal(t, list, g.get(mainList), "the addresses are the same under any token")
	assert.Equal(t, 1, g.site.count())
}

// Vendor tags announce whole segments: a player gets the bytes while they are produced, at the address that the segment
// keeps once it is listed.
func TestAPrefetchedSegmentStreamsAsItGrows(t *testing.T) {
	s := newTextServer(t, map[string]string{
		"/v.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\na7.ts?tok\n#EXT-X-TWITCH-PREFETCH:HERE/a8.ts?tok\n#EXT-X-PREFETCH:HERE/a9.ts?tok\n",
		"/a9.ts":  "\x47nine",
	})
	more := make(chan struct{})
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/a8.ts" {
			return false
		}
		_, _ = w.Write([]byte("\x47" + strings.Repeat("a", firstBytes)))
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = w.Write([]byte("b"))
		return true
	}
	g := newRig(t, s.URL+"/v.m3u8?tok=1")
	list := g.get(mainList)
	noUpstream(t, list)
	assert.Contains(t, list, "\n#EXT-X-TWITCH-PREFETCH:8.ts\n#EXT-X-PREFETCH:9.ts\n")
	assert.Equal(t, "\x47nine", g.get("/hls/feed/main/9.ts"))
	resp, err := g.srv.Client().Get(g.srv.URL + "/hls/feed/main/8.ts")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	head := make([]byte, firstBytes)
	_, err = resp.Body.Read(head)
	require.NoError(t, err, "the first bytes must arrive before the upstream has produced the rest")
	s.put("/v.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:8\n#EXTINF:2,\na8.ts?tok\n")
	assert.Contains(t, lines(g.get(mainList)), "8.ts")
	close(more)
	assert.True(t, strings.HasSuffix(g.get("/hls/feed/main/8.ts"), "ab"))
	count := 0
	for _, r := range s.requests() {
		if strings.HasPrefix(r, "/a8.ts") {
			count++
		}
	}
	assert.Equal(t, 1, count, "the announced and the listed segment are one download")
}

// The parts of a segment can be ranges of one growing file. A hint streams the file from the start of the part; a player
// that asks for the part's own range gets exactly that.
func TestPartsOfAGrowingFileAreServedAsRanges(t *testing.T) {
	const head = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1\n#EXT-X-PART-INF:PART-TARGET=0.3\n#EXT-X-MEDIA-SEQUENCE:5\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:2,\n5.mp4\n#EXT-X-PART:DURATION=0.3,URI=\"6.mp4?tok\",BYTERANGE=\"1000@0\"\n"
	s := newTextServer(t, map[string]string{
		"/v.m3u8": head + "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"6.mp4?tok\",BYTERANGE-START=1000\n",
	})
	more := make(chan struct{})
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/6.mp4" || !strings.HasPrefix(r.Header.Get("Range"), "bytes=1000-") {
			return false
		}
		w.Header().Set("Content-Range", "bytes 1000-9007199254740991/*")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write([]byte(strings.Repeat("b", 1000)))
		_ = http.NewResponseController(w).Flush()
		<-more
		return true
	}
	defer close(more)
	g := newRig(t, s.URL+"/v.m3u8?tok=1")
	assert.Contains(t, g.get(mainList), "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"6.1.mp4\",BYTERANGE-START=1000\n")
	hint, err := g.srv.Client().Get(g.srv.URL + "/hls/feed/main/6.1.mp4")
	require.NoError(t, err)
	defer func() { _ = hint.Body.Close() }()
	s.put("/v.m3u8", head+"#EXT-X-PART:DURATION=0.3,URI=\"6.mp4?tok\",BYTERANGE=\"1000\"\n")
	assert.Contains(t, g.get(mainList), "#EXT-X-PART:DURATION=0.3,URI=\"6.1.mp4\",BYTERANGE=\"1000@1000\"\n")
	status, h, body := g.do("/hls/feed/main/6.1.mp4", "Range", "bytes=1000-1999")
	assert.Equal(t, http.StatusPartialContent, status)
	assert.Equal(t, "bytes 1000-1999/*", h.Get("Content-Range"))
	assert.Equal(t, strings.Repeat("b", 1000), string(body), "it ends with the part, although the file keeps growing")
}

// A hinted init section has the same address once the playlist lists it.
func TestAHintedInitSectionKeepsItsAddress(t *testing.T) {
	const head = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:5\n#EXT-X-MAP:URI=\"i.mp4?tok\"\n#EXTINF:2,\n5.mp4?tok\n"
	s := newTextServer(t, map[string]string{
		"/v.m3u8": head + "#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"j.mp4?tok\"\n", "/i.mp4": "\x00i", "/j.mp4": "\x00j",
	})
	g := newRig(t, s.URL+"/v.m3u8?tok=1")
	list := g.get(mainList)
	noUpstream(t, list)
	assert.Equal(t, "init-6.mp4", attribute(t, list, "URI", 1))
	assert.Equal(t, "\x00j", g.get("/hls/feed/main/init-6.mp4"))
	s.put("/v.m3u8", head+"#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"j.mp4?tok\"\n#EXTINF:2,\n6.mp4?tok\n")
	assert.Equal(t, "init-6.mp4", attribute(t, g.get(mainList), "URI", 1))
	assert.Equal(t, "init-5.mp4", attribute(t, g.get(mainList), "URI", 0))
}

// Two keys whose URLs differ only in an apparent token are still two keys.
func TestKeysThatDifferOnlyByTokenAreDistinct(t *testing.T) {
	s := newTextServer(t, map[string]string{
		"/v.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:5\n" +
			"#EXT-X-KEY:METHOD=AES-128,URI=\"key?token=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n#EXTINF:2,\n5.ts\n#EXT-X-KEY:METHOD=AES-128,URI=\"key?token=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n#EXTINF:2,\n6.ts\n",
	})
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/key" {
			_, _ = w.Write([]byte(r.URL.Query().Get("token")[:16]))
			return true
		}
		return false
	}
	g := newRig(t, s.URL+"/v.m3u8")
	for range 2 { // the names are stable
		list := g.get(mainList)
		assert.Equal(t, "aaaaaaaaaaaaaaaa", g.get("/hls/feed/main/"+attribute(t, list, "URI", 0)))
		assert.Equal(t, "bbbbbbbbbbbbbbbb", g.get("/hls/feed/main/"+attribute(t, list, "URI", 1)))
	}
}

// A player that asks for a delta update gets one, whether or not the upstream supports it.
func TestADeltaUpdateIsBuiltFromTheWholePlaylist(t *testing.T) {
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0\n#EXT-X-MEDIA-SEQUENCE:10\n")
	for i := range 20 {
		fmt.Fprintf(&b, "#EXTINF:2.0,\ns%d.ts?tok\n", i)
	}
	s := newTextServer(t, map[string]string{"/v.m3u8": b.String(), "/s3.ts": "\x47three"})
	g := newRig(t, s.URL+"/v.m3u8?tok=1")
	assert.Len(t, lines(g.get(mainList)), 20)
	delta := g.get(mainList + "?_HLS_skip=YES")
	assert.Contains(t, delta, "#EXT-X-SKIP:SKIPPED-SEGMENTS=14\n#EXTINF:2.0,\n24.ts\n")
	assert.Len(t, lines(delta), 6)
	assert.Len(t, lines(g.get(mainList)), 20, "the delta and the whole playlist are not confused")
	assert.Equal(t, "\x47three", g.get("/hls/feed/main/13.ts"), "a skipped segment can be fetched")
	for _, asked := range s.requests() {
		assert.NotContains(t, asked, "_HLS_skip")
	}
}
