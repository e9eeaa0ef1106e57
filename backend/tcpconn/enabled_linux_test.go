//go:build !race

package tcpconn

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListenerAndDialerWrapTheirConnections(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	var dialer net.Dialer
	dialled, err := Dialer(dialer.DialContext)(t.Context(), "tcp", l.Addr().String())
	require.NoError(t, err)
	defer func() { _ = dialled.Close() }()
	accepted, err := Listener(l).Accept()
	require.NoError(t, err)
	defer func() { _ = accepted.Close() }()
	assert.IsType(t, &conn{}, dialled)
	assert.IsType(t, &conn{}, accepted)
}

// Eight clients send bodies and get them back, all at the same time, while the garbage collector runs.
func TestHTTPTransfersEveryByte(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(body)
	}))
	server.Listener = Listener(server.Listener)
	server.Start()
	defer server.Close()
	var dialer net.Dialer
	transport := &http.Transport{DialContext: Dialer(dialer.DialContext)}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for size := 1; size < 8<<20; size = size*5 + n {
				unit := []byte(strconv.Itoa(n) + " " + strconv.Itoa(size) + " ")
				sent := bytes.Repeat(unit, size/len(unit)+1)
				resp, err := client.Post(server.URL, "application/octet-stream", bytes.NewReader(sent))
				if !assert.NoError(t, err) {
					return
				}
				got, err := io.ReadAll(resp.Body)
				assert.NoError(t, err)
				assert.NoError(t, resp.Body.Close())
				assert.True(t, bytes.Equal(sent, got), "a body of %d bytes", len(sent))
				runtime.GC()
			}
		})
	}
	wg.Wait()
}
