package democdn

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stage is a demo on a real server, with a clock that the test sets.
type stage struct {
	t      *testing.T
	cdn    *CDN
	server *httptest.Server
	clock  atomic.Int64 // Unix milliseconds
}

// noon is a time at which a loop begins.
var noon = time.Date(2026, 5, 24, 12, 0, 0, 0, time.UTC)

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t}
	s.at(noon)
	var err error
	s.cdn, err = New(Options{Now: func() time.Time { return time.UnixMilli(s.clock.Load()).UTC() }})
	require.NoError(t, err)
	s.server = httptest.NewServer(s.cdn.Handler())
	t.Cleanup(s.server.Close)
	return s
}

func (s *stage) at(now time.Time) { s.clock.Store(now.UnixMilli()) }

// get asks for an absolute address.
func (s *stage) get(address string) (*http.Response, []byte) {
	s.t.Helper()
	res, err := s.server.Client().Get(address)
	require.NoError(s.t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, res.Body.Close())
	return res, body
}

// fresh returns the address of something below a feed, with a token made now.
func (s *stage) fresh(feed, path string) string {
	s.t.Helper()
	for _, f := range s.cdn.Feeds(s.server.URL) {
		if before, ok := strings.CutSuffix(strings.SplitN(f.URL, "?", 2)[0], "/"+feed+"/index.m3u8"); ok {
			return before + "/" + feed + "/" + path + "?" + strings.SplitN(f.URL, "?", 2)[1]
		}
	}
	s.t.Fatalf("no feed %s", feed)
	return ""
}

// mustGet asks for something that must be there.
func (s *stage) mustGet(address string) []byte {
	s.t.Helper()
	res, body := s.get(address)
	require.Equal(s.t, http.StatusOK, res.StatusCode, "%s: %s", address, body)
	return body
}

// named lists the addresses that a playlist names, resolved.
func named(t *testing.T, base string, playlist []byte) (out []string) {
	t.Helper()
	b, err := url.Parse(base)
	require.NoError(t, err)
	for line := range strings.SplitSeq(string(playlist), "\n") {
		ref := ""
		if _, rest, ok := strings.Cut(line, `URI="`); ok {
			ref, _, _ = strings.Cut(rest, `"`)
		} else if line != "" && line[0] != '#' {
			ref = line
		}
		if ref != "" {
			u, err := b.Parse(ref)
			require.NoError(t, err)
			out = append(out, u.String())
		}
	}
	return out
}

// tool runs ffmpeg or ffprobe over input and returns what it printed. Anything on standard error fails the test: their
// exit codes prove nothing.
func tool(t *testing.T, input io.Reader, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	require.NoError(t, err, "%s is missing: build/setup installs it", name)
	cmd := exec.Command(path, args...)
	var out, complaints strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, &out, &complaints
	err = cmd.Run()
	require.Empty(t, complaints.String(), "%s complains", name)
	require.NoError(t, err, fmt.Sprint(name, args))
	return out.String()
}
