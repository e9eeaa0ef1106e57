package app

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/config"
	"gridwall/internal/testserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wait limits each wait for a condition in these tests; it is reached only if a test fails.
const wait = 15 * time.Second

// running is a server that runs.
type running struct {
	*testserver.Server
	t *testing.T
}

// start runs the program as serve does, in this process.
func start(t *testing.T, h testserver.Home, demo bool) *running {
	t.Helper()
	paths, err := config.DefaultPaths().With(h.Config, h.Data)
	require.NoError(t, err)
	conf, err := config.Load(paths.Config)
	require.NoError(t, err)
	a, err := New(Options{Config: conf, Paths: paths, Demo: demo, Version: "test", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return &running{testserver.Start(t, a), t}
}

// reply is a response with its body read.
type reply testserver.Reply

// do sends a request; with body "" it has none.
func (r *running) do(method, path, body string, header ...string) reply {
	r.t.Helper()
	return reply(r.Do(method, path, body, header...))
}

func (r *running) get(path string) reply { r.t.Helper(); return r.do(http.MethodGet, path, "") }

// json decodes a response, which must be 200 and JSON.
func (p reply) json(t *testing.T) map[string]any {
	t.Helper()
	require.Equal(t, http.StatusOK, p.Status, "%s", p.Body)
	assert.Equal(t, "application/json", p.Header.Get("Content-Type"))
	var v map[string]any
	require.NoError(t, json.Unmarshal(p.Body, &v), "%s", p.Body)
	return v
}

// failed checks that a response is an error with the status and code, in the form of the contract, and returns its message.
func (p reply) failed(t *testing.T, status int, code string) string {
	t.Helper()
	var v struct {
		Error struct {
			Code, Message string
			Extra         map[string]any `json:"-"`
		}
	}
	assert.Equal(t, status, p.Status, "%s", p.Body)
	assert.Equal(t, "application/json", p.Header.Get("Content-Type"))
	dec := json.NewDecoder(bytes.NewReader(p.Body))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&v), "%s", p.Body)
	assert.Equal(t, code, v.Error.Code, "%s", p.Body)
	assert.NotEmpty(t, v.Error.Message)
	assert.NotContains(t, v.Error.Message, "\n")
	return v.Error.Message
}

// list returns the list of objects under key.
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
