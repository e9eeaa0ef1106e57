package page

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestThePageMayOnlyLoadItsOwnFilesAndPlay(t *testing.T) {
	dist := fstest.MapFS{"index.html": {Data: []byte("<html></html>")}, "assets/a.js": {Data: []byte("1")}}
	h := Handler(dist, true, "127.0.0.1:8788")
	w := get(h, "/")
	require.Equal(t, http.StatusOK, w.Code)
	rules := w.Header().Get("Content-Security-Policy")
	assert.Contains(t, rules, "default-src 'none'")
	assert.Contains(t, rules, "connect-src 'self' wails: http://wails.localhost http://127.0.0.1:*;")
	assert.NotContains(t, rules, "unsafe")
	assert.NotContains(t, rules, "https:")
	assert.Equal(t, "text/javascript; charset=utf-8", get(h, "/assets/a.js").Header().Get("Content-Type"))
	assert.Equal(t, http.StatusNotFound, get(h, "/none.js").Code)
	assert.Contains(t, policy("[::1]:0"), "connect-src 'self' wails: http://wails.localhost http://[::1]:*;")
	assert.Contains(t, policy("0.0.0.0:8788"), "http://127.0.0.1:*")
	listener, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer listener.Close()
	host, _, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	assert.Contains(t, policy("localhost:8788"), net.JoinHostPort(host, "*"), "the address of the name, as in playback URLs")
}

func TestAProgramWithoutItsPageSaysHowToBuildIt(t *testing.T) {
	w := get(Handler(nil, false, ""), "/")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Body.String(), "build/run")
}
