package attack

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Finding 5. Guards: withDeadlines in app/server/body.go; without it the connection of a refused request would stay open. How
// connections are freed when they run out is tested in app/server (conns_test.go).
func TestHalfSentBodiesAndSlowClientsDoNotBlockOthers(t *testing.T) {
	v := start(t, "[server]\ntoken = \"the-token-of-this-server\"\n", nil)
	addr := strings.TrimPrefix(v.URL, "http://")
	heads := []string{
		"POST /login HTTP/1.1\r\nHost: " + addr + "\r\n",
		"POST /api/v1/extract HTTP/1.1\r\nHost: " + addr + "\r\n",
		"PUT /api/v1/settings HTTP/1.1\r\nHost: evil.example\r\n",
		"POST /login HTTP/1.1\r\nHost: " + addr + "\r\nOrigin: https://evil.example\r\n",
		"POST /hls/x/index.m3u8 HTTP/1.1\r\nHost: " + addr + "\r\n",
	}
	const many = 500
	var clients []net.Conn
	for i := range many {
		c, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		defer c.Close()
		_, err = io.WriteString(c, heads[i%len(heads)]+"Content-Type: application/json\r\nContent-Length: 2000\r\n\r\n{\"token\": \"")
		require.NoError(t, err)
		clients = append(clients, c)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses, open := map[int]int{}, 0
	for _, c := range clients {
		wg.Go(func() {
			_ = c.SetReadDeadline(time.Now().Add(patience))
			r := bufio.NewReader(c)
			status := 0
			res, err := http.ReadResponse(r, nil)
			if err == nil {
				status = res.StatusCode
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				_, err = r.ReadByte()
			}
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
			if errors.Is(err, os.ErrDeadlineExceeded) || err == nil {
				open++
			}
		})
	}
	// While they wait, others send their header a byte at a time.
	slow := 0
	for i := range 1000 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			break // out of file descriptors
		}
		defer c.Close()
		_, _ = fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nX-%d:", i)
		slow++
	}
	for range 5 {
		assert.Equal(t, http.StatusOK, v.get("/healthz").status)
	}
	wg.Wait()
	assert.Zero(t, open, "connections with half a body that stay open")
	assert.Equal(t, map[int]int{408: 100, 401: 200, 421: 100, 403: 100}, statuses)
	report(t, "500 half bodies: open after 20 s", "500", fmt.Sprint(open), "0")
	report(t, "slow clients at once, /healthz", "unreachable at 1,015", fmt.Sprintf("answers at %d", many+slow), "answers")
}

func itoa(n int) string { return strconv.Itoa(n) }

// report is a line of the table that build/attack prints.
func report(t *testing.T, attack, before, now, limit string) {
	t.Helper()
	t.Logf("ATTACK\t%s\t%s\t%s\t%s", attack, before, now, limit)
}
