package attack

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// at127 serves h at another loopback address of this machine, which counts as another host.
func at127(t *testing.T, last int, h http.HandlerFunc) string {
	t.Helper()
	ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", last))
	if err != nil {
		t.Skip("this machine has only one loopback address: ", err)
	}
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(ln) }()
	t.Cleanup(func() { _ = s.Close() })
	return "http://" + ln.Addr().String()
}

// Finding 6. Guards: backend/httpclient (headers, redirects), inherited in backend/proxy, child in backend/health/health.go.
func TestASecretDoesNotReachTheHostsThatASiteNames(t *testing.T) {
	const secret, token, own = "hunter2", "0123456789abcdefSECRETTOKEN", "X-Api-Key"
	var mu sync.Mutex
	var told []string
	third := at127(t, 3, func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		_ = r.Write(&b)
		mu.Lock()
		told = append(told, b.String())
		mu.Unlock()
		http.Error(w, "no", http.StatusForbidden)
	})
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/page":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<!doctype html><iframe src=%q></iframe>", third+"/frame")
		case r.URL.Path == "/last.m3u8":
			w.Header().Set("Content-Type", playlistType)
			fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n%s/last.ts\n", third)
		case path.Ext(r.URL.Path) == ".m3u8":
			w.Header().Set("Content-Type", playlistType)
			fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=%q\n#EXTINF:4,\n%s/0.ts\n#EXTINF:4,\n1.ts\n#EXT-X-ENDLIST\n", third+"/key", third)
		default:
			http.Redirect(w, r, third+"/moved.ts", http.StatusFound)
		}
	})
	headers := "Authorization = \"" + secret + "\"\nCookie = \"a=" + secret + "\"\n" + own + " = \"" + secret + "\"\n"
	v := start(t, "", map[string]string{
		"s":    direct("S", site+"/s.m3u8?token="+token) + "[stream_headers]\n" + headers,
		"last": direct("Last", site+"/last.m3u8?token="+token) + "[stream_headers]\n" + headers, // the check asks for its newest segment
		"page": "kind = \"page\"\nallow_private = true\nurl = \"" + site + "/page?token=" + token + "\"\n[[follow]]\nselect = \"iframe\"\n[headers]\n" + headers,
		"json": "kind = \"json\"\nallow_private = true\nurl = \"" + site + "/moved?token=" + token + "\"\nquery = \".[]\"\n[headers]\n" + headers,
	})
	v.stream("Last")
	for _, key := range []string{"page", "json"} {
		v.do("POST", "/api/v1/sources/"+key+"/test", "")
	}
	play := "/hls/" + v.stream("S") + "/"
	v.get(play + "index.m3u8")
	for _, p := range []string{"main/0.ts", "main/1.ts", "main/key-0"} {
		v.get(play + p)
	}
	mu.Lock()
	defer mu.Unlock()
	leaks := 0
	for _, p := range []string{"/0.ts", "/key", "/moved.ts", "/last.ts", "/frame"} {
		assert.Contains(t, strings.Join(told, "\n"), "GET "+p, "the other host was asked")
	}
	for _, r := range told {
		referer := strings.Contains(r, "Referer")
		if strings.HasPrefix(r, "GET /frame") { // a frame gets a Referer without path and query
			referer = referer && !strings.Contains(r, "Referer: "+site+"/\r\n")
		}
		if referer || strings.Contains(r, secret) || strings.Contains(r, "SECRETTOKEN") {
			leaks++
		}
		assert.NotContains(t, r, secret)
		assert.NotContains(t, r, "SECRETTOKEN")
		assert.False(t, referer, r)
	}
	report(t, "secrets told to another host, of requests", "all", fmt.Sprintf("%d of %d", leaks, len(told)), "0")
}

// Finding 9. Guard: the DVR window counts bytes as they arrive.
func TestAnEndlessSegmentDoesNotFillTheDisk(t *testing.T) {
	const bound = 16 << 20
	var sent atomic.Int64
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) == ".m3u8" {
			w.Header().Set("Content-Type", playlistType)
			fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:5\n#EXTINF:4,\n5.ts\n#EXTINF:4,\n6.ts\n#EXTINF:4,\n7.ts\n")
			return
		}
		w.Header().Set("Content-Type", "video/mp2t")
		block := make([]byte, 188*1024)
		for i := 0; i < len(block); i += 188 {
			block[i] = 0x47
		}
		for sent.Load() < 400<<20 {
			n, err := w.Write(block)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	v := start(t, "[proxy]\nrewind = \"30m\"\nrewind_size = \"16MiB\"\ncache = \"16MiB\"\n", map[string]string{"e": direct("E", site+"/e.m3u8")})
	play := "/hls/" + v.stream("E") + "/"
	v.get(play + "index.m3u8")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.URL+play+"main/7.ts", nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	most := int64(0)
	buf := make([]byte, 1<<20)
	for read := int64(0); read < 200<<20; {
		n, err := res.Body.Read(buf)
		read += int64(n)
		most = max(most, diskUse(filepath.Join(v.home.Data, "cache")))
		if err != nil {
			break
		}
	}
	_ = res.Body.Close()
	assert.LessOrEqual(t, most, int64(bound+(4<<20)))
	report(t, "rewind_size = 16 MiB, an endless segment: on disk", "4.0 GB after 6 s", fmt.Sprintf("%.1f MB", float64(most)/1e6), "16 MiB")
}

func diskUse(dir string) (sum int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil
	})
	return sum
}

// Finding 10. Guard: the bound of blocking reloads in backend/proxy (RFC 8216bis, 6.2.5.2).
func TestANumberFarAheadCausesNoUpstreamRequest(t *testing.T) {
	var asked atomic.Int64
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("_HLS_msn") {
			asked.Add(1)
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", playlistType)
		fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3\n#EXT-X-PART-INF:PART-TARGET=1\n#EXT-X-MEDIA-SEQUENCE:5\n#EXTINF:4,\n5.ts\n#EXTINF:4,\n6.ts\n")
	})
	v := start(t, "", map[string]string{"a": direct("A", site+"/a.m3u8"), "b": direct("B", site+"/b.m3u8")})
	a, b := "/hls/"+v.stream("A")+"/index.m3u8", "/hls/"+v.stream("B")+"/index.m3u8"
	require.Equal(t, http.StatusOK, v.get(a).status)
	refused := 0
	for i := range 560 {
		if v.get(fmt.Sprintf("%s?_HLS_msn=%d", a, 1000+i)).status == http.StatusBadRequest {
			refused++
		}
	}
	assert.Equal(t, 560, refused)
	assert.Zero(t, asked.Load())
	assert.Equal(t, http.StatusOK, v.get(b).status, "another stream is answered")
	report(t, "560 numbers far ahead: upstream requests they hold", "512", fmt.Sprint(asked.Load()), "0")
}

// Finding 14. Guard: backend/stream/redact.go.
func TestATokenInAPathReachesNoLog(t *testing.T) {
	const sig = "AJfQdSswRQIhAKb0123456789zyxwvutsrqponmlkjihgfedcba"
	sites := map[string]string{
		"google": "/videoplayback/expire/1899999999/ei/abc/sig/" + sig + "/x.m3u8", "nginx": "/0123456789abcdef0123456789abcdef/1899999999/x.m3u8",
		"jsession": "/x.m3u8;jsessionid=" + sig, "alibaba": "/203003010000/0123456789abcdef0123456789abcdef/live/x.m3u8",
	}
	site := upstream(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })
	sources := map[string]string{}
	for name, p := range sites {
		sources[name] = direct(name, site+p)
	}
	v := start(t, "", sources)
	shown := 0
	for name := range sites {
		got := v.get("/hls/" + v.stream(name) + "/index.m3u8")
		for _, s := range []string{sig, "0123456789abcdef0123456789abcdef"} {
			assert.NotContains(t, got.body, s, name)
			shown += strings.Count(got.body, s)
		}
	}
	for _, s := range []string{sig, "0123456789abcdef0123456789abcdef"} {
		assert.NotContains(t, v.log.String(), s)
		shown += strings.Count(v.log.String(), s)
	}
	report(t, "tokens in paths, in the log and in answers", "each, at INFO", fmt.Sprint(shown), "0")
}

// Finding 3, and the size of a record in the database. Guards: the bounds on a stream's persisted state.
func TestNamesOfAMegabyteDoNotFillTheDatabase(t *testing.T) {
	var n atomic.Int64
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", playlistType)
		if path.Base(r.URL.Path) == "m.m3u8" {
			fmt.Fprint(w, "#EXTM3U\n")
			for range 6 {
				fmt.Fprintf(w, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"%d%s\",URI=\"s.m3u8\"\n", n.Add(1), strings.Repeat("n", 900_000))
			}
			fmt.Fprint(w, "#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\ns.m3u8\n")
			return
		}
		http.Error(w, "no", http.StatusForbidden)
	})
	v := start(t, "", map[string]string{"n": direct("N", site+"/m.m3u8")})
	play := "/hls/" + v.stream("N") + "/index.m3u8"
	for range 10 {
		v.get(play)
	}
	v.Stop() // flushes pending writes
	info, err := os.Stat(filepath.Join(v.home.Data, "gridwall.db"))
	require.NoError(t, err)
	assert.Less(t, info.Size(), int64(1<<20))
	report(t, "names of 1 MB, 10 requests: gridwall.db", "703 MB (18 requests)", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "1 MB")
}
