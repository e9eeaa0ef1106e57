package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/internal/testprogram"
)

// built is the program, built once for all tests.
var built struct {
	sync.Once
	dir, path string
	err       error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gridwall-test")
	if err != nil {
		panic(err)
	}
	built.dir = dir
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// wait limits each wait for a condition in these tests; it is reached only if a test fails.
const wait = 15 * time.Second

// program returns the path of the headless program, and builds it at the first call.
func program(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		built.path, built.err = testprogram.Headless(built.dir)
	})
	require.NoError(t, built.err)
	return built.path
}

// command prepares a run of the program with folders of its own.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	built := program(t) // before the timeout starts: it may have to build
	ctx, cancel := context.WithTimeout(context.Background(), 4*wait)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, built, args...)
	dir := t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir+"/c", "XDG_DATA_HOME="+dir+"/d", "XDG_STATE_HOME="+dir+"/s")
	return cmd
}

// finish runs the program to its end.
func finish(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return finishCmd(t, command(t, args...))
}

func finishCmd(t *testing.T, cmd *exec.Cmd) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// served is a running server process.
type served struct {
	t      *testing.T
	url    string
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr *bytes.Buffer
}

// serve starts the server, and waits until it prints its address.
func serve(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{t: t, cmd: command(t, append([]string{"serve"}, args...)...), stderr: &bytes.Buffer{}}
	s.cmd.Stderr = s.stderr
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	s.stdout = bufio.NewReader(out)
	line, err := s.stdout.ReadString('\n')
	require.NoError(t, err, "it ended before it served: %s", s.stderr)
	url, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "listening on ")
	require.True(t, ok, line)
	s.url = url
	return s
}

// end sends a signal, and returns the exit code and the rest of stdout.
func (s *served) end(sig os.Signal) (code int, rest string) {
	s.t.Helper()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	require.NoError(s.t, s.cmd.Process.Signal(sig))
	text, err := io.ReadAll(s.stdout)
	require.NoError(s.t, err)
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode(), string(text)
}

// get returns the body of a response, which must be 200.
func (s *served) get(path string) []byte {
	s.t.Helper()
	res, err := http.Get(s.url + path)
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, res.StatusCode, "%s: %s", path, body)
	return body
}

// json decodes a response, which must be 200 and a JSON object.
func (s *served) json(path string) (v map[string]any) {
	s.t.Helper()
	body := s.get(path)
	require.NoError(s.t, json.Unmarshal(body, &v), "%s", body)
	return v
}

// streams waits until the server lists n streams, and returns them.
func (s *served) streams(n int) (list []any) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		list = s.json("/api/v1/streams?all=1")["streams"].([]any)
		return len(list) == n
	}, wait, 20*time.Millisecond)
	return list
}

// uris returns the URIs in a playlist.
func uris(playlist []byte) (out []string) {
	for line := range strings.Lines(string(playlist)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

// play requests a stream's newest segment as a player does, and returns its path.
func (s *served) play(id string) string {
	s.t.Helper()
	variants := uris(s.get("/hls/" + id + "/index.m3u8"))
	require.NotEmpty(s.t, variants)
	at := "/hls/" + id + "/" + variants[0]
	segments := uris(s.get(at))
	require.NotEmpty(s.t, segments)
	at = path.Join(path.Dir(at), segments[len(segments)-1])
	assert.NotEmpty(s.t, s.get(at))
	return at
}
