// Package testserver runs the server in a test's own process, on folders of its own, and sends requests to it.
//
// What lives here: the folders (Home), a site with a CDN whose tokens expire (CDN), and a server that runs (Server). What does
// not: the program as a process (internal/testprogram builds it), CDNs that serve real media (internal/testorigin, app/e2e),
// and what an answer must be.
package testserver

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Quiet is a config.toml that requests nothing from the network: its only calendar is the demo's.
const Quiet = "[[schedule]]\nkind = \"demo\"\n"

// Home is a configuration folder and a data folder. The data folder does not exist yet.
type Home struct{ Config, Data string }

// NewHome writes config.toml and the source files, by their keys.
func NewHome(t testing.TB, toml string, sources map[string]string) Home {
	t.Helper()
	dir := t.TempDir()
	h := Home{filepath.Join(dir, "config"), filepath.Join(dir, "data")}
	require.NoError(t, os.MkdirAll(filepath.Join(h.Config, "sources"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "config.toml"), []byte(toml), 0o600))
	for key, text := range sources {
		require.NoError(t, os.WriteFile(filepath.Join(h.Config, "sources", key+".toml"), []byte(text), 0o600))
	}
	return h
}

// program is what a Server runs; app.App is one. It is an interface because app's own tests use this package.
type program interface {
	Serve(ctx context.Context, listener net.Listener, ready func(url string)) error
	Close()
}

// Server is a program that serves.
type Server struct {
	// URL has no trailing slash.
	URL string
	// Stop ends the program as an interrupt does, and waits for its end. The end of the test calls it too.
	Stop func()

	t testing.TB
}

// Start serves p on a free port of this machine.
func Start(t testing.TB, p program) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- p.Serve(ctx, listener, func(url string) { ready <- url }) }()
	s := &Server{t: t}
	s.Stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-ended)
		p.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	select {
	case s.URL = <-ready:
	case err := <-ended:
		p.Close()
		t.Fatal("the server does not start: ", err)
	}
	t.Cleanup(s.Stop)
	return s
}

// Reply is an answer whose body was read.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request, and follows no redirect. A body is sent as JSON, "" is none; header holds names and values in turn.
func (s *Server) Do(method, path, body string, header ...string) Reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return Reply{res.StatusCode, res.Header, text}
}
