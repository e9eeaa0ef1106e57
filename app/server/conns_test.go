package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"gridwall/app/server/listen"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// limitedServer serves with a limit of so many connections. The response to /long ends when busy is closed.
func limitedServer(t *testing.T, most int) (addr string, busy chan struct{}) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	busy = make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long" {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-busy
		}
		_, _ = io.WriteString(w, "ok")
	})
	srv := &http.Server{Handler: withDeadlines(newBodies().bounded(handler)), ConnContext: listen.ConnContext, ConnState: listen.ConnState}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(listen.Limit(ln, most)) }()
	t.Cleanup(func() {
		_ = srv.Close()
		assert.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	return ln.Addr().String(), busy
}

// begin opens a connection and sends text.
func begin(t *testing.T, addr, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	_, err = io.WriteString(c, text)
	require.NoError(t, err)
	return c
}

// status reads the status of a response; 0 if the connection was closed.
func status(c net.Conn) int {
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0
	}
	return res.StatusCode // the body is not closed: that would wait for its end
}

func TestSlowClientsDoNotKeepOthersOut(t *testing.T) {
	const most = 16
	addr, _ := limitedServer(t, most)
	for i := range 10 * most {
		switch i % 3 {
		case 0:
			begin(t, addr, "")
		case 1:
			begin(t, addr, "GET / HTTP/1.1\r\nHost: x\r\n")
		case 2:
			begin(t, addr, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
		}
	}
	for range 3 {
		assert.Equal(t, http.StatusOK, status(begin(t, addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")))
	}
}

func TestConnectionsBeingAnsweredAreNotClosedForNewOnes(t *testing.T) {
	const most = 8
	addr, busy := limitedServer(t, most)
	var players []net.Conn
	for range most {
		c := begin(t, addr, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
		require.Equal(t, http.StatusOK, status(c))
		players = append(players, c)
	}
	assert.Zero(t, status(begin(t, addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")), "all connections are being answered")
	close(busy)
	for _, c := range players {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		rest, err := io.ReadAll(io.LimitReader(c, int64(len("2\r\nok\r\n"))))
		assert.NoError(t, err)
		assert.Contains(t, string(rest), "ok", "the response was completed")
	}
	assert.Eventually(t, func() bool { return status(begin(t, addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")) == http.StatusOK }, 20*time.Second, 10*time.Millisecond, "idle connections are closed for new ones")
}

func TestARefusedRequestIsAnsweredAndClosedBeforeItsBodyEnds(t *testing.T) {
	base, _ := guarded(t, nil, "the token of this server")
	addr := strings.TrimPrefix(base, "http://")
	type refused struct {
		name string
		c    net.Conn
	}
	var all []refused
	for name, head := range map[string]string{
		"no token":        "POST /api/v1/extract HTTP/1.1\r\nHost: " + addr + "\r\n",
		"a foreign host":  "POST /api/v1/extract HTTP/1.1\r\nHost: evil.example\r\n",
		"another site":    "POST /login HTTP/1.1\r\nHost: " + addr + "\r\nOrigin: https://evil.example\r\n",
		"a body of a GET": "GET /healthz HTTP/1.1\r\nHost: " + addr + "\r\n",
		"too large":       "POST /login HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 5000000\r\n",
	} {
		for _, length := range []string{"Content-Length: 100\r\n\r\n{\"tok", "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"tok\r\n"} {
			if strings.Contains(head, "Content-Length") {
				length = "\r\n"
			}
			all = append(all, refused{name, begin(t, addr, head+length)})
		}
	}
	for _, q := range all {
		_ = q.c.SetReadDeadline(time.Now().Add(20 * time.Second))
		r := bufio.NewReader(q.c)
		res, err := http.ReadResponse(r, nil)
		require.NoError(t, err, q.name)
		if q.name == "a body of a GET" {
			assert.Equal(t, 200, res.StatusCode, "nothing reads it")
		} else {
			assert.Contains(t, []int{400, 401, 403, 413, 421}, res.StatusCode, q.name)
		}
		assert.True(t, res.Close, q.name)
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		_, err = r.ReadByte()
		assert.ErrorIs(t, err, io.EOF, "%s: the connection is closed", q.name)
	}
}
