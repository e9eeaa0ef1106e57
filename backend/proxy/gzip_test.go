package proxy

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

// Gzip without a Content-Encoding header is decompressed: media, keys, init sections and subtitles.
func TestGzipWithoutAHeaderIsDecompressed(t *testing.T) {
	const key = "0123456789abcdef"
	video, captions := transportOf(400), []byte("WEBVTT\n\n00:00.000 --> 00:02.000\nGo\n")
	initial := []byte("\x00\x00\x00\x18ftypiso5\x00\x00\x00\x00iso5dash\x00\x00\x00\x08free")
	list := zipped(t, []byte("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x1\n#EXTINF:2,\na.ts\n"+
		"#EXT-X-KEY:METHOD=NONE\n#EXTINF:2,\nc.vtt\n#EXTINF:2,\nlooks.ts\n#EXTINF:2,\nshort.ts\n#EXT-X-PART:DURATION=1,URI=\"p.ts\"\n"))
	looks := append([]byte("\x1f\x8b\x08\x00"), bytes.Repeat([]byte{0xff, 0x07, 0x9e}, 5000)...) // an encrypted segment can begin with these bytes
	files := map[string][]byte{"/v.m3u8": list, "/a.ts": zipped(t, video), "/i.mp4": zipped(t, initial), "/k": zipped(t, []byte(key)),
		"/c.vtt": zipped(t, captions), "/p.ts": zipped(t, video[:188]), "/looks.ts": looks, "/short.ts": looks[:20]}
	for name, ranges := range map[string]bool{"a server with ranges": true, "a server without ranges": false} {
		t.Run(name, func(t *testing.T) {
			s := newTextServer(t, map[string]string{})
			s.handle = func(w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("Content-Type", "application/octet-stream")
				if file := files[r.URL.Path]; ranges {
					http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
				} else {
					w.Header().Set("Content-Length", fmt.Sprint(len(file)))
					_, _ = w.Write(file)
				}
				return true
			}
			g := newRig(t, s.URL+"/v.m3u8")
			text := g.get(mainList)
			names := lines(text)
			require.Len(t, names, 4)
			for file, want := range map[string][]byte{"init-7.mp4": initial, "key-7": []byte(key), names[0]: video, names[1]: captions,
				names[2]: looks, names[3]: looks[:20], "11.0.ts": video[:188]} {
				assert.Equal(t, string(want), g.get("/hls/feed/main/"+file), file)
			}
			status, h, body := g.do("/hls/feed/main/"+names[0], "Range", "bytes=188-375")
			assert.Equal(t, http.StatusPartialContent, status)
			assert.Equal(t, "video/mp2t", h.Get("Content-Type"))
			assert.Equal(t, video[188:376], body)
			assert.Zero(t, g.site.count())
		})
	}
}

func TestTruncatedGzipWithoutAHeaderIsResumed(t *testing.T) {
	video := make([]byte, 0, 188*4000)
	for i := range 4000 {
		p := bytes.Repeat([]byte{byte(i * 7), byte(i >> 3), byte(i * i)}, 63)[:188]
		copy(p, []byte{0x47, 0x41, byte(i >> 8), 0x10})
		video = append(video, p...)
	}
	file := zipped(t, video)
	s := newTextServer(t, map[string]string{"/v.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\na.ts\n"})
	asked := 0
	s.handle = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/a.ts" {
			return false
		}
		s.mu.Lock()
		asked++
		breaks := asked == 2
		s.mu.Unlock()
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		if breaks {
			_, _ = w.Write(file[:len(file)/2])
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(file)
		return true
	}
	g := newRig(t, s.URL+"/v.m3u8")
	g.get(mainList)
	assert.True(t, string(video) == g.get("/hls/feed/main/7.ts"))
}
