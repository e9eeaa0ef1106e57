package attack

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deaf returns a client that sends a request and reads only the beginning of the response.
func deaf(t *testing.T, v *victim, target string) net.Conn {
	t.Helper()
	addr := strings.TrimPrefix(v.URL, "http://")
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, addr)
	require.NoError(t, err)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	_, _ = io.ReadFull(c, make([]byte, 12))
	return c
}

// Withstood: event streams and playback that clients cut off leak nothing.
func TestClientsThatDisconnectLeakNothing(t *testing.T) {
	site := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", playlistType)
		fmt.Fprint(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n0.ts\n")
	})
	v := start(t, "", map[string]string{"s": direct("S", site+"/s.m3u8")})
	id := v.stream("S")
	before := runtime.NumGoroutine()
	for range 300 {
		deaf(t, v, "/api/v1/events").Close()
		deaf(t, v, "/hls/"+id+"/index.m3u8").Close()
	}
	// Less than the keep-alive interval of an event stream (15 s), at which the server would notice in any case.
	const soon = 8 * time.Second
	assert.Eventually(t, func() bool { return runtime.NumGoroutine() < before+30 }, soon, 20*time.Millisecond, "goroutines: %d before, %d after", before, runtime.NumGoroutine())
	report(t, "600 clients that leave: goroutines left", "27 (withstood)", itoa(max(0, runtime.NumGoroutine()-before)), "30")
}
