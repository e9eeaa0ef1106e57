package health

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/upstream"
)

const (
	mediaPlaylist = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts\n"
	multi         = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"en\",URI=\"en.m3u8\"\n" +
		"#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=6000000,CODECS=\"avc1,mp4a\"\nhigh.m3u8\n" +
		"#EXT-X-STREAM-INF:BANDWIDTH=3000000\nmid.m3u8\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9000000,URI=\"i.m3u8\"\n"
	page = "\xef\xbb\xbf <!DOCTYPE html><title>Sorry</title>"
)

// cdn serves files by path. A value that begins with a number and a space is a status and a body; "->" is a redirect. If guard
// returns false, it has answered the request.
func cdn(t *testing.T, files map[string]string, guard func(http.ResponseWriter, *http.Request) bool) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[r.URL.Path]
		if guard != nil && !guard(w, r) {
			return
		}
		switch {
		case !ok:
			http.Error(w, "no", http.StatusNotFound)
		case strings.HasPrefix(body, "->"):
			http.Redirect(w, r, body[2:], http.StatusFound)
		case len(body) > 4 && body[0] >= '1' && body[0] <= '9' && body[3] == ' ':
			var code int
			_, _ = fmt.Sscan(body[:3], &code)
			http.Error(w, body[4:], code)
		case strings.HasSuffix(r.URL.Path, ".ts"):
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
		default:
			_, _ = io.WriteString(w, body)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

// local is a source that permits private addresses.
var local = source.Source{AllowPrivate: true}

func newChecker(t *testing.T, playing func(id string) bool) *Checker {
	pool := upstream.New()
	t.Cleanup(pool.Close)
	return New(pool, playing)
}

// broken is a transport that panics, with a token in its message.
type broken struct{}

func (broken) Transport(bool, string) (http.RoundTripper, error) { return broken{}, nil }
func (broken) RoundTrip(*http.Request) (*http.Response, error)   { panic("s3cr3t") }

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func checkOf(t *testing.T, url string, headers map[string]string) stream.Health {
	h, ok := newChecker(t, nil).Check(t.Context(), stream.Stream{URL: url, Headers: headers}, local)
	require.True(t, ok)
	require.WithinDuration(t, time.Now(), h.CheckedAt, time.Minute)
	return h
}

func TestStreamsThatDoNotAnswerAreNotLive(t *testing.T) {
	hostile := "#EXTM3U\n" + strings.Repeat("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",URI=\"x\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\nx\n", 20_000)
	for name, tc := range map[string]struct {
		files  map[string]string
		reason string
		rate   int64
	}{
		"multivariant":        {map[string]string{"/p": multi, "/high.m3u8": mediaPlaylist}, "", 6_000_000},
		"second variant":      {map[string]string{"/p": multi, "/high.m3u8": "500 x", "/mid.m3u8": mediaPlaylist}, "", 6_000_000},
		"variants gone":       {map[string]string{"/p": multi, "/low.m3u8": mediaPlaylist}, "its best variant: answered 404 Not Found", 6_000_000},
		"variant is a page":   {map[string]string{"/p": multi, "/high.m3u8": page}, "its best variant: a web page where a playlist was expected", 6_000_000},
		"media":               {map[string]string{"/p": mediaPlaylist, "/b.ts": "G...."}, "", 0},
		"newest not yet":      {map[string]string{"/p": mediaPlaylist, "/a.ts": "G...."}, "", 0},
		"segments gone":       {map[string]string{"/p": mediaPlaylist}, "its newest segment: answered 404 Not Found", 0},
		"segments are pages":  {map[string]string{"/p": mediaPlaylist, "/b.ts": page, "/a.ts": page}, "its newest segment: a web page where media was expected", 0},
		"segments are empty":  {map[string]string{"/p": mediaPlaylist, "/b.ts": "", "/a.ts": ""}, "its newest segment: an empty answer where media was expected", 0},
		"refused":             {map[string]string{"/p": "403 x"}, "answered 403 Forbidden", 0},
		"odd status":          {map[string]string{"/p": "599 x"}, "answered 599", 0},
		"a page":              {map[string]string{"/p": page}, "a web page where a playlist was expected", 0},
		"a film":              {map[string]string{"/p": "\x00\x00\x00\x18ftypmp42"}, "MP4, not an HLS playlist (Gridwall plays only HLS)", 0},
		"empty":               {map[string]string{"/p": ""}, "an empty answer where a playlist was expected", 0},
		"nothing in it":       {map[string]string{"/p": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n"}, "a playlist without variants or segments", 0},
		"a key, no segment":   {map[string]string{"/p": "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n\nx.ts\n"}, "a playlist without variants or segments", 0},
		"no variant address":  {map[string]string{"/p": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n"}, "a playlist without variants or segments", 0},
		"BOM and CRLF":        {map[string]string{"/p": "\xef\xbb\xbf" + strings.ReplaceAll(mediaPlaylist, "\n", "\r\n"), "/b.ts": "G"}, "", 0},
		"lone CR":             {map[string]string{"/p": strings.ReplaceAll(mediaPlaylist, "\n", "\r"), "/b.ts": "G"}, "", 0},
		"UTF-16":              {map[string]string{"/p": "\xff\xfe" + strings.Join(strings.Split(mediaPlaylist, ""), "\x00") + "\x00", "/b.ts": "G"}, "", 0},
		"variables":           {map[string]string{"/p": "#EXTM3U\n#EXT-X-DEFINE:NAME=\"h\",VALUE=\"x\"\n#EXTINF:4,\n{$h}/a.ts\n"}, "", 0},
		"byte range":          {map[string]string{"/p": "#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:4@4\nb.ts\n", "/b.ts": page[:4] + "GGGG"}, "", 0},
		"range beyond":        {map[string]string{"/p": "#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:4@400\nb.ts\n", "/b.ts": "GGGG"}, "", 0},
		"child is a file URL": {map[string]string{"/p": "#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n"}, "its newest segment: its address is not an http URL", 0},
		"redirected to files": {map[string]string{"/p": "->file:///etc/passwd"}, `redirected to a "file" address: only http and https are followed`, 0},
		"redirect loop":       {map[string]string{"/p": "->/p"}, "too many redirects (more than 10)", 0},
		"redirected":          {map[string]string{"/p": "->/far/q", "/far/q": mediaPlaylist, "/far/b.ts": "G"}, "", 0},
		"hostile renditions":  {map[string]string{"/p": hostile, "/x": mediaPlaylist}, "", 1},
		"longer than checked": {map[string]string{"/p": mediaPlaylist + strings.Repeat("#EXTINF:4,\nb.ts\n", checkPlaylist/15), "/b.ts": "G"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := checkOf(t, cdn(t, tc.files, nil).URL+"/p?token=s3cr3t", nil)
			assert.Equal(t, tc.reason, h.Reason)
			assert.Equal(t, tc.reason == "", h.Live)
			assert.Equal(t, tc.rate, h.Bitrate)
			assert.Positive(t, h.ResponseTime)
		})
	}
}

func TestChecksSendTheRequestsOfAPlayer(t *testing.T) {
	var requests atomic.Int32
	srv := cdn(t, map[string]string{"/p": multi, "/high.m3u8": mediaPlaylist}, func(w http.ResponseWriter, r *http.Request) bool {
		requests.Add(1)
		if r.Header.Get("Referer") != "https://site.test/" || r.Header.Get("User-Agent") != "Player" || r.Host != "edge.test" {
			http.Error(w, "who?", http.StatusForbidden)
			return false
		}
		if c, err := r.Cookie("hdntl"); r.URL.Path != "/p" && (err != nil || c.Value != "1") {
			http.Error(w, "no cookie", http.StatusForbidden)
			return false
		}
		http.SetCookie(w, &http.Cookie{Name: "hdntl", Value: "1", Path: "/"})
		return true
	})
	headers := map[string]string{"referer": "https://site.test/", "User-Agent": "Player", "Host": "edge.test", "Accept-Encoding": "br"}
	h := checkOf(t, srv.URL+"/p", headers)
	assert.True(t, h.Live, h.Reason)
	assert.EqualValues(t, 2, requests.Load())
	assert.Equal(t, "answered 403 Forbidden", checkOf(t, srv.URL+"/p", nil).Reason)
}

func TestChildrenWithoutTheTokenThatTheirCDNRequiresAreLive(t *testing.T) {
	var requested []string
	srv := cdn(t, map[string]string{"/p": multi, "/high.m3u8": mediaPlaylist, "/m": mediaPlaylist, "/b.ts": "G"}, func(w http.ResponseWriter, r *http.Request) bool {
		requested = append(requested, r.URL.RequestURI())
		if r.URL.Query().Get("token") != "a+b" {
			http.Error(w, page, http.StatusOK)
			return false
		}
		return true
	})
	assert.True(t, checkOf(t, srv.URL+"/p?token=a%2Bb&x=1", nil).Live)
	assert.True(t, checkOf(t, srv.URL+"/m?token=a%2Bb", nil).Live)
	assert.Equal(t, []string{"/p?token=a%2Bb&x=1", "/high.m3u8", "/high.m3u8?token=a%2Bb&x=1", "/m?token=a%2Bb", "/b.ts", "/b.ts?token=a%2Bb"}, requested)
}

func TestAServerWithoutRangeRequestsStillCountsAsLive(t *testing.T) {
	gone := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/p" {
			_, _ = io.WriteString(w, mediaPlaylist)
			return
		}
		assert.Equal(t, "bytes=0-1023", r.Header.Get("Range"))
		// An endless film: only its first bytes may be read.
		for _, err := w.Write(make([]byte, 1<<16)); err == nil; _, err = w.Write(make([]byte, 1<<16)) {
		}
		close(gone)
	}))
	t.Cleanup(srv.Close)
	assert.True(t, checkOf(t, srv.URL+"/p", nil).Live)
	<-gone
}

func TestAHangingHostDoesNotBlockChecksOfOthers(t *testing.T) {
	stop := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/drip":
			_, _ = io.WriteString(w, "#EXTM3U\n")
			w.(http.Flusher).Flush()
		case "/cut":
			w.Header().Set("Content-Length", "999")
			_, _ = io.WriteString(w, mediaPlaylist)
			return
		}
		<-stop
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(stop) })
	c := newChecker(t, nil)
	c.timeout = 50 * time.Millisecond
	for path, reason := range map[string]string{
		"/hang": "no answer within 50ms", "/drip": "no answer within 50ms", "/cut": "closed the connection before its answer was complete",
	} {
		h, ok := c.Check(t.Context(), stream.Stream{URL: srv.URL + path}, local)
		assert.True(t, ok)
		assert.Equal(t, reason, h.Reason)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, ok := c.Check(ctx, stream.Stream{URL: srv.URL}, local)
	assert.False(t, ok, "a cancelled check has no result")
}

func TestNoReasonContainsAToken(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	url := srv.URL
	srv.Close()
	for _, u := range []string{url + "/p?token=s3cr3t", "https://me:s3cr3t@127.0.0.1:1/x?token=s3cr3t", "s3cr3t", "gopher://h/?s3cr3t", "http://h:s3cr3t/", "http://[s3cr3t"} {
		h := checkOf(t, u, nil)
		assert.NotEmpty(t, h.Reason)
		assert.NotContains(t, h.Reason, "s3cr3t")
	}
	c := New(broken{}, nil)
	h, ok := c.Check(t.Context(), stream.Stream{URL: url}, local)
	assert.True(t, ok)
	assert.Equal(t, "an invalid playlist", h.Reason)
}

func TestChecksNeverFloodOneHostOrTheHomeConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all, most atomic.Int32
		var host, hostMost [12]atomic.Int32
		raise := func(n *atomic.Int32, most *atomic.Int32) {
			for v, m := n.Add(1), most.Load(); v > m && !most.CompareAndSwap(m, v); m = most.Load() {
			}
		}
		l := newLimiter(checksPerHost, checksAtOnce)
		for i := range 240 {
			go func() {
				done, err := l.wait(t.Context(), fmt.Sprint(i%12))
				require.NoError(t, err)
				raise(&all, &most)
				raise(&host[i%12], &hostMost[i%12])
				time.Sleep(time.Second)
				all.Add(-1)
				host[i%12].Add(-1)
				done()
			}()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		_, err := l.wait(ctx, "0")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = l.wait(ctx, "new")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(time.Hour)
		assert.EqualValues(t, checksAtOnce, most.Load())
		for i := range hostMost {
			assert.LessOrEqual(t, hostMost[i].Load(), int32(checksPerHost))
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		assert.Empty(t, l.hosts)
	})
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte(mediaPlaylist))
	f.Add([]byte(multi))
	f.Add([]byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=99999999999999999999,AUDIO=\",\n#EXTINF:\nx"))
	f.Add([]byte("#EXTM3U\n#EXTINF:-1\n#EXT-X-BYTERANGE:x@-9\nhttp://%zz\n#EXT-X-KEY:\n#EXT-X-MAP:URI="))
	f.Fuzz(func(t *testing.T, body []byte) {
		l, err := inspect(body)
		require.Equal(t, err != nil, len(l.variants)+len(l.segments) == 0)
		require.LessOrEqual(t, len(l.segments), 2)
		require.LessOrEqual(t, len(l.variants), maxInspectedVariants)
	})
}

func TestChecksReportTheCodecsOfVariants(t *testing.T) {
	list := "#EXTM3U\n"
	for i, codecs := range []string{"avc1.64001f,mp4a.40.2", "hvc1.2.4.L123,mp4a.40.2", "avc1.64001f,mp4a.40.2", strings.Repeat("x", 300)} {
		list += fmt.Sprintf("#EXT-X-STREAM-INF:BANDWIDTH=%d,CODECS=%q\nv.m3u8\n", 1_000_000*(i+1), codecs)
	}
	site := cdn(t, map[string]string{"/p": list, "/v.m3u8": mediaPlaylist, "/q": mediaPlaylist, "/b.ts": "G...."}, nil)
	assert.Equal(t, []string{"avc1.64001f,mp4a.40.2", "hvc1.2.4.L123,mp4a.40.2"}, checkOf(t, site.URL+"/p", nil).Codecs)
	assert.Empty(t, checkOf(t, site.URL+"/q", nil).Codecs)
}
