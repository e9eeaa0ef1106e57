package attack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/app"
	"gridwall/backend/config"
)

// patience bounds each wait for a condition; it only matters where a test fails.
const patience = 20 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is a config.toml that asks no one on the network.
const quiet = "[[schedule]]\nkind = \"demo\"\n"

// victim is a running server.
type victim struct {
	t      *testing.T
	url    string
	config string
	log    *logged
	stop   func() // ends it before the test does
}

// logged is a log that tests read.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs the program as serve does, in this process, with the sources by their names.
func start(t *testing.T, toml string, sources map[string]string) *victim {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "config")
	require.NoError(t, os.MkdirAll(filepath.Join(conf, "sources"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(conf, "config.toml"), []byte(toml+quiet), 0o600))
	for name, text := range sources {
		require.NoError(t, os.WriteFile(filepath.Join(conf, "sources", name+".toml"), []byte(text), 0o600))
	}
	paths, err := config.DefaultPaths().With(conf, filepath.Join(dir, "data"))
	require.NoError(t, err)
	c, err := config.Load(paths.Config)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	log := &logged{}
	a, err := app.New(app.Options{Config: c, Paths: paths, Version: "test", Log: slog.New(slog.NewTextHandler(log, nil))})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, listener, func(url string) { ready <- url }) }()
	v := &victim{t: t, url: <-ready, config: conf, log: log}
	v.stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-ended)
		a.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	t.Cleanup(v.stop)
	return v
}

// reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request; body "" is none, header holds names and values in turn.
func (v *victim) do(method, path, body string, header ...string) reply {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, strings.NewReader(body))
	require.NoError(v.t, err)
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
	require.NoError(v.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(v.t, err)
	return reply{res.StatusCode, res.Header, string(text)}
}

func (v *victim) get(path string, header ...string) reply {
	v.t.Helper()
	return v.do(http.MethodGet, path, "", header...)
}

// stream waits until the server has found and checked the stream with the title, and returns its id.
func (v *victim) stream(title string) (id string) {
	v.t.Helper()
	require.Eventually(v.t, func() bool {
		var list struct {
			Streams []struct {
				ID, Title string
				Live      *bool `json:"is_live"`
			}
		}
		if json.Unmarshal([]byte(v.get("/api/v1/streams?all=1").body), &list) != nil {
			return false
		}
		for _, s := range list.Streams {
			if s.Title == title && s.Live != nil {
				id = s.ID
			}
		}
		return id != ""
	}, patience, 10*time.Millisecond, "%s", v.log)
	return id
}

// upstream returns a server of the attacker's.
func upstream(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// direct returns the source of one stream.
func direct(title, url string) string {
	return fmt.Sprintf("kind = \"direct\"\nallow_private = true\n[[stream]]\nurl = %q\ntitle = %q\n", url, title)
}

// asJSON returns v as the body of a request.
func asJSON(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

const playlistType = "application/vnd.apple.mpegurl"
