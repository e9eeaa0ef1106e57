package upstream

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sloppy answers each request with bytes as they stand, in pieces of the given size (0: at once). It counts connections.
func sloppy(t *testing.T, answer string, piece int, keepAlive bool) (url string, connections *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	connections = &atomic.Int64{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for {
					req, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					for rest := answer; rest != ""; {
						n := len(rest)
						if piece > 0 {
							n = min(n, piece)
						}
						if _, err := io.WriteString(c, rest[:n]); err != nil {
							return
						}
						rest = rest[n:]
					}
					if !keepAlive || req.Close {
						return
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/", connections
}

func TestAnswersThatOtherClientsAcceptAreAccepted(t *testing.T) {
	for name, answer := range map[string]string{
		"a blank in a name":         "HTTP/1.1 200 OK\r\nContent Type: x\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"a blank behind a name":     "HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length : 5\r\n\r\nhello",
		"a line without a colon":    "HTTP/1.1 200 OK\r\nnonsense\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"a name in other letters":   "HTTP/1.1 200 OK\r\nX-Größe: 1\r\nX(A): 2\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"a fold at the beginning":   "HTTP/1.1 200 OK\r\n X-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"a folded line":             "HTTP/1.1 200 OK\r\nBad Name: 1\r\nX-A:\r\n\t1\r\nContent-Length: 5\r\n\r\nhello",
		"line feeds alone":          "HTTP/1.1 200 OK\nBad Name: 1\nX-A: 1\nContent-Length: 5\n\nhello",
		"a control character":       "HTTP/1.1 200 OK\r\nX-B: a\x01b\x00\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"ICY":                       "ICY 200 OK\r\nX-A: 1\r\nicy-name: Grünes Radio\r\n\r\nhello",
		"no reason":                 "HTTP/1.1 200\r\nBad Name: 1\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"two blanks":                "HTTP/1.1  200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"a small protocol":          "http/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"a protocol without number": "HTTP 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"line breaks before":        "\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"two lengths":               "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\nX-A: 1\r\n\r\nhello",
		"a length that is none":     "HTTP/1.1 200 OK\r\nContent-Length: five\r\nX-A: 1\r\n\r\nhello",
		"chunked twice":             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"another transfer coding":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nX-A: 1\r\n\r\nhello",
		"chunked and a slip":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nBad Name: 1\r\nX-A: 1\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
		"an interim answer":         "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nBad Name: 1\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"bytes of Latin-1":          "HTTP/1.1 200 OK\r\nX-B: gro\xdf\r\nBad Name: 1\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
	} {
		for _, piece := range []int{0, 1, 7} {
			t.Run(fmt.Sprint(name, piece), func(t *testing.T) {
				p := newPool(t)
				url, _ := sloppy(t, answer, piece, true)
				rt, err := p.Transport(true, "")
				require.NoError(t, err)
				if strings.Contains(answer, "Length: f") || strings.Contains(answer, "Length: 7") || strings.Contains(answer, "identity") || strings.HasPrefix(answer, "ICY") {
					url, _ = sloppy(t, answer, piece, false)
				}
				for range 2 {
					resp, err := rt.RoundTrip(mustRequest(t, url))
					require.NoError(t, err)
					body, err := io.ReadAll(resp.Body)
					require.NoError(t, err)
					resp.Body.Close()
					assert.Equal(t, "hello", string(body))
					assert.Equal(t, 200, resp.StatusCode)
					assert.Equal(t, "1", resp.Header.Get("X-A"))
				}
			})
		}
	}
}

func mustRequest(t *testing.T, url string) *http.Request {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	return req
}

func TestHostsWithUntidyHeadersAreRememberedAndOthersKeepTheirConnection(t *testing.T) {
	p := newPool(t)
	url, connections := sloppy(t, "HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 5\r\n\r\nhello", 0, true)
	for range 3 {
		_, err := get(t, p, true, "", url)
		require.NoError(t, err)
	}
	assert.EqualValues(t, 4, connections.Load())
	url, connections = sloppy(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 0, true)
	for range 3 {
		_, err := get(t, p, true, "", url)
		require.NoError(t, err)
	}
	assert.EqualValues(t, 1, connections.Load())
}

func TestATransportErrorStaysAnError(t *testing.T) {
	p := newPool(t)
	rt, err := p.Transport(true, "")
	require.NoError(t, err)
	for _, answer := range []string{"SSH-2.0-OpenSSH\r\n\r\n", "hello", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nBad Name: 1\r\n\r\nshort", "\r\n\r\n", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", maxHeader+10) + "\r\n\r\n"} {
		url, _ := sloppy(t, answer, 0, false)
		resp, err := rt.RoundTrip(mustRequest(t, url))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		assert.Error(t, err, "%.40q", answer)
	}
}

func FuzzTidyHead(f *testing.F) {
	for _, s := range []string{"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "ICY 200 OK\n\n", "HTTP/1.1 100\r\n\r\n", " x\r\n", "HTTP/1.0 404 x\r\n a\r\nContent-Length: 1,1\r\nTransfer-Encoding: chunked\r\n\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, interim, ok := tidyHead(raw)
		if !ok || interim {
			return
		}
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), nil)
		if err != nil {
			t.Fatalf("%q is tidied to %q: %v", raw, text, err)
		}
		resp.Body.Close()
	})
}
