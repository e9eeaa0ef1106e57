package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/server/client"
)

// playing serves a window's playback, with a token as in a config.toml that serve uses too.
func playing(t *testing.T) (base, port string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	hls := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("#EXTM3U")) })
	s, err := NewPlayback(Options{Playback: hls, Version: "test", Token: "a-very-long-secret", Log: slog.New(slog.DiscardHandler)}, ln)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	_, port, err = net.SplitHostPort(ln.Addr().String())
	require.NoError(t, err)
	return s.URL(), port
}

func TestAWindowsPageAndPlayersOnThisMachineNeedNoToken(t *testing.T) {
	base, _ := playing(t)
	for _, origin := range []string{"wails://wails", "http://wails.localhost", ""} {
		res := request{path: "/hls/x/index.m3u8", header: map[string]string{"Origin": origin}}.send(t, base)
		assert.Equal(t, http.StatusOK, res.StatusCode, "no token is needed on this machine")
		assert.Equal(t, origin, res.Header.Get("Access-Control-Allow-Origin"))
	}
	res := request{method: http.MethodOptions, path: "/hls/x/index.m3u8", header: map[string]string{
		"Origin": "wails://wails", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range",
	}}.send(t, base)
	assert.Equal(t, http.StatusNoContent, res.StatusCode)
	assert.Equal(t, http.StatusOK, request{path: "/healthz"}.send(t, base).StatusCode)
}

func TestAWindowServesOnlyPlayback(t *testing.T) {
	base, port := playing(t)
	for _, path := range []string{"/", "/api/v1/streams", "/api/v1/settings", "/api/openapi.json", "/login", "/api/v1/events"} {
		res := request{path: path}.send(t, base)
		assert.Equal(t, http.StatusNotFound, res.StatusCode, path)
		assert.Equal(t, "not_found", errorCode(t, res), path)
	}
	res := request{path: "/hls/x/index.m3u8", host: "evil.example:" + port}.send(t, base)
	assert.Equal(t, http.StatusMisdirectedRequest, res.StatusCode, "DNS rebinding")
	res = request{path: "/hls/x/index.m3u8", header: map[string]string{"Origin": "https://evil.example"}}.send(t, base)
	assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"))
}

func TestOtherMachinesNeedTheToken(t *testing.T) {
	localRequest := func(ctx context.Context, from, host string) bool {
		return client.Local((&http.Request{RemoteAddr: from, Host: host}).WithContext(ctx))
	}
	local := func(from, host string) bool { return localRequest(t.Context(), from, host) }
	assert.True(t, local("127.0.0.1:5000", "127.0.0.1:8788"))
	assert.True(t, local("[::1]:5000", "localhost:8788"))
	assert.True(t, local("[::ffff:127.0.0.1]:5000", "[::1]:8788"))
	assert.False(t, local("192.168.1.9:5000", "127.0.0.1:8788"))
	assert.False(t, local("127.0.0.1:5000", "tv.lan:8788"), "a forward proxy on this machine sends requests for others")
	assert.False(t, local("127.0.0.1:5000", "192.168.1.4:8788"))
	assert.False(t, local("", "localhost"))
	at := func(here, from, host string) bool {
		addr := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(here))
		ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, addr)
		return localRequest(ctx, from, host)
	}
	assert.True(t, at("192.168.1.4:8788", "192.168.1.4:5000", "192.168.1.4:8788"), "the window itself, if proxy.listen is an address of the network")
	assert.False(t, at("192.168.1.4:8788", "192.168.1.9:5000", "192.168.1.4:8788"))
	assert.False(t, at("192.168.1.4:8788", "192.168.1.9:5000", "192.168.1.9:8788"))
	assert.False(t, at("192.168.1.4:8788", "192.168.1.4:5000", "tv.lan:8788"))

	ln, err := net.Listen("tcp", "0.0.0.0:0")
	require.NoError(t, err)
	defer ln.Close()
	_, err = NewPlayback(Options{Log: slog.New(slog.DiscardHandler)}, ln)
	assert.ErrorIs(t, err, ErrNeedsToken)
}
