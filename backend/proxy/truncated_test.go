package proxy

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rawServer answers each request with the exact bytes that answer returns, and closes the connection.
func rawServer(t *testing.T, answer func(path string, n int) string) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var wg sync.WaitGroup
	var mu sync.Mutex
	asked := map[string]int{}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				mu.Lock()
				asked[r.URL.Path]++
				n := asked[r.URL.Path]
				mu.Unlock()
				_, _ = fmt.Fprint(c, answer(r.URL.Path, n))
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	return "http://" + l.Addr().String()
}

func unterminated(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(body), body)
}

func withTooLongLength(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body)+9, body)
}

// Some servers never send the last chunk, or announce too large a Content-Length. Their playlists are complete nevertheless:
// every read ends at the same byte.
func TestAPlaylistWithoutATerminatedBodyPlays(t *testing.T) {
	list := "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts\n"
	for name, ends := range map[string]func(string) string{
		"no last chunk": unterminated, "a length too long": withTooLongLength,
		"no last chunk of a gzip body": func(s string) string {
			z := string(zipped(t, []byte(s)))
			return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(z), z)
		},
		"gzip without its checksum": func(s string) string {
			z := string(zipped(t, []byte(s)))
			return "HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + z[:len(z)-8]
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, rawServer(t, func(path string, _ int) string {
				if path == "/m.m3u8" {
					return ends("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360\nv.m3u8\n")
				}
				return ends(list)
			})+"/m.m3u8")
			assert.Len(t, lines(g.get("/hls/feed/"+lines(g.get("/hls/feed/index.m3u8"))[0])), 2)
		})
	}
	for name, part := range map[string]func(n int) string{
		"its end differs each time": func(n int) string { return list[:len(list)-len("#EXTINF:4,\nb.ts\n")*(n%2)] },
		"it ends within a line":     func(int) string { return list[:len(list)-2] },
		"it is a web page":          func(int) string { return "<!doctype html><title>x</title>\n" },
	} {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, rawServer(t, func(_ string, n int) string { return withTooLongLength(part(n)) })+"/v.m3u8")
			status, _, body := g.do("/hls/feed/index.m3u8")
			assert.Equal(t, http.StatusBadGateway, status, string(body))
		})
	}
}

// A key is complete when it has sixteen bytes.
func TestAKeyWithoutATerminatedBodyIsUsed(t *testing.T) {
	const key = "0123456789abcdef"
	for name, ends := range map[string]func(string) string{"no last chunk": unterminated, "a length too long": withTooLongLength} {
		g := newRig(t, rawServer(t, func(path string, _ int) string {
			if path == "/k" {
				return ends(key)
			}
			return ends("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\na.ts\n")
		})+"/v.m3u8")
		g.get(mainList)
		assert.Equal(t, key, g.get("/hls/feed/main/key-7"), name)
	}
}
