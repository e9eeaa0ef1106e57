package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A viewer that does not read fills only the buffers of its own connection.
func TestASlowViewerDoesNotSlowOthers(t *testing.T) {
	const size = 16 << 20 // more than the buffers of a connection hold
	body := bytes.Repeat([]byte("\x47 some bytes of it "), size/19)
	e := newEdge(t)
	inner := e.Config.Handler
	asked := make(chan struct{}, 8)
	e.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "seg103.ts") {
			inner.ServeHTTP(w, r)
			return
		}
		asked <- struct{}{}
		w.Header().Set("Content-Type", "video/mp2t")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body)
	})
	g := newRig(t, e.URL+"/live/v.m3u8?token=t1")
	g.proxy.SetCacheBytes(128 << 20)
	g.get(mainList)
	slow, err := net.Dial("tcp", g.srv.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = slow.Close() }()
	_, err = fmt.Fprintf(slow, "GET /hls/feed/main/103.ts HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	select {
	case <-asked:
	case <-time.After(10 * time.Second):
		t.Fatal("the slow viewer's request did not reach the edge")
	}
	for range 2 { // one joins the running download, the other starts after it
		resp := g.open(t.Context(), "/hls/feed/main/103.ts")
		got := make([]byte, len(body))
		_, err := io.ReadFull(resp.Body, got)
		_ = resp.Body.Close()
		require.NoError(t, err)
		assert.True(t, bytes.Equal(body, got))
	}
	assert.Empty(t, asked, "the edge got one request")
}
