package app

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
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wait bounds each wait for a condition in these tests; it only matters where a test fails.
const wait = 15 * time.Second

// cdn is a CDN and the site before it: each listing brings a new token, and the CDN takes the newest one alone.
type cdn struct {
	*httptest.Server
	token atomic.Int64
}

func newCDN(t *testing.T) *cdn {
	c := &cdn{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/list.json" {
			n := c.token.Add(1)
			fmt.Fprintf(w, `[{"url":"%s/world.m3u8?token=%d","title":"World feed","quality":"720p"},{"url":"%s/gone.m3u8?token=%d","title":"Gone","quality":"720p"}]`, c.URL, n, c.URL, n)
			return
		}
		if r.URL.Query().Get("token") != fmt.Sprint(c.token.Load()) {
			http.Error(w, "expired", http.StatusForbidden)
			return
		}
		switch r.URL.Path {
		case "/world.m3u8":
			w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
			fmt.Fprintf(w, "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:4,\nseven.ts?token=%d\n#EXTINF:4,\neight.ts?token=%d\n", c.token.Load(), c.token.Load())
		case "/seven.ts", "/eight.ts":
			w.Header().Set("Content-Type", "video/mp2t")
			_, _ = w.Write(append([]byte{0x47}, bytes.Repeat([]byte("segment "), 500)...))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// source returns the file of a source that reads the CDN's list.
func (c *cdn) source() string {
	return fmt.Sprintf("kind = \"json\"\nname = \"Site\"\nallow_private = true\nurl = \"%s/list.json\"\nquery = \".[]\"\n", c.URL)
}

// home is a configuration and data folder.
type home struct{ config, data string }

func newHome(t *testing.T, toml string, sources map[string]string) home {
	t.Helper()
	dir := t.TempDir()
	h := home{filepath.Join(dir, "config"), filepath.Join(dir, "data")}
	require.NoError(t, os.MkdirAll(filepath.Join(h.config, "sources"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(h.config, "config.toml"), []byte(toml), 0o600))
	for name, text := range sources {
		require.NoError(t, os.WriteFile(filepath.Join(h.config, "sources", name+".toml"), []byte(text), 0o600))
	}
	return h
}

// quiet is a config.toml that asks no one on the network.
const quiet = "[[schedule]]\nkind = \"demo\"\n"

// running is a server that runs.
type running struct {
	t    *testing.T
	url  string
	stop func()
}

// start runs the program as serve does, in this process.
func start(t *testing.T, h home, demo bool) *running {
	t.Helper()
	paths, err := config.DefaultPaths().With(h.config, h.data)
	require.NoError(t, err)
	conf, err := config.Load(paths.Config)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	a, err := New(Options{Config: conf, Paths: paths, Demo: demo, Version: "test", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, listener, func(url string) { ready <- url }) }()
	r := &running{t: t, url: <-ready}
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		assert.NoError(t, <-ended)
		a.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	}
	t.Cleanup(r.stop)
	return r
}

// reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request; body "" is none.
func (r *running) do(method, path, body string, header ...string) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	require.NoError(r.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(r.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	return reply{res.StatusCode, res.Header, text}
}

func (r *running) get(path string) reply { r.t.Helper(); return r.do(http.MethodGet, path, "") }

// json reads an answer that must be 200 and JSON.
func (p reply) json(t *testing.T) map[string]any {
	t.Helper()
	require.Equal(t, http.StatusOK, p.status, "%s", p.body)
	assert.Equal(t, "application/json", p.header.Get("Content-Type"))
	var v map[string]any
	require.NoError(t, json.Unmarshal(p.body, &v), "%s", p.body)
	return v
}

// failed checks that an answer is the contract's error with the code.
func (p reply) failed(t *testing.T, status int, code string) string {
	t.Helper()
	var v struct {
		Error struct {
			Code, Message string
			Extra         map[string]any `json:"-"`
		}
	}
	assert.Equal(t, status, p.status, "%s", p.body)
	assert.Equal(t, "application/json", p.header.Get("Content-Type"))
	dec := json.NewDecoder(bytes.NewReader(p.body))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&v), "%s", p.body)
	assert.Equal(t, code, v.Error.Code, "%s", p.body)
	assert.NotEmpty(t, v.Error.Message)
	assert.NotContains(t, v.Error.Message, "\n")
	return v.Error.Message
}

// list returns one of an answer's lists.
func list(t *testing.T, v map[string]any, key string) []map[string]any {
	t.Helper()
	items, ok := v[key].([]any)
	require.True(t, ok, "%s is not a list in %v", key, v)
	out := make([]map[string]any, len(items))
	for i, item := range items {
		out[i], ok = item.(map[string]any)
		require.True(t, ok)
	}
	return out
}

// streams waits until the server lists n streams, and returns them.
func (r *running) streams(n int) []map[string]any {
	r.t.Helper()
	var got []map[string]any
	require.Eventually(r.t, func() bool {
		got = list(r.t, r.get("/api/v1/streams?all=1").json(r.t), "streams")
		return len(got) == n
	}, wait, 20*time.Millisecond)
	return got
}

// keys returns an object's keys.
func keys(v map[string]any) []string {
	var out []string
	for k := range v {
		out = append(out, k)
	}
	return out
}
