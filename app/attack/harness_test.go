package attack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/app"
	"gridwall/backend/config"
	"gridwall/internal/testserver"
)

// patience bounds each wait for a condition; it only matters if a test fails.
const patience = 20 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// victim is a running server.
type victim struct {
	*testserver.Server
	t    *testing.T
	home testserver.Home
	log  *logged
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

// start runs the program in this process as the serve command does, with the sources by name.
func start(t *testing.T, toml string, sources map[string]string) *victim {
	t.Helper()
	h := testserver.NewHome(t, toml+testserver.Quiet, sources)
	paths, err := config.DefaultPaths().With(h.Config, h.Data)
	require.NoError(t, err)
	c, err := config.Load(paths.Config)
	require.NoError(t, err)
	log := &logged{}
	a, err := app.New(app.Options{Config: c, Paths: paths, Version: "test", Log: slog.New(slog.NewTextHandler(log, nil))})
	require.NoError(t, err)
	return &victim{testserver.Start(t, a), t, h, log}
}

// reply is a response whose body has been read.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request. body "" means none; header holds alternating names and values.
func (v *victim) do(method, path, body string, header ...string) reply {
	v.t.Helper()
	r := v.Do(method, path, body, header...)
	return reply{r.Status, r.Header, string(r.Body)}
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

// upstream starts a server of the attacker and returns its URL.
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
