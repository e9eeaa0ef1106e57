package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"gridwall/internal/testserver"
)

// newHome returns folders with these source files, and a refresh.interval so long that it never comes into play.
func newHome(t testing.TB, sources map[string]string) testserver.Home {
	t.Helper()
	return testserver.NewHome(t, "[refresh]\ninterval = \"1h\"\n"+testserver.Quiet, sources)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// gridwall is the program, running as a server.
type gridwall struct {
	*process
	t      testing.TB
	began  time.Time
	url    string
	client *http.Client
}

// serve starts the program and waits until it serves.
func serve(t testing.TB, h testserver.Home, listen string, flags ...string) *gridwall {
	t.Helper()
	ready := make(chan string, 1)
	began := time.Now()
	p := run(t, func(line string, _ time.Time) {
		if url, ok := strings.CutPrefix(line, "listening on "); ok {
			ready <- url
		}
	}, program, append([]string{"serve", "--config", h.Config, "--data", h.Data, "--listen", listen}, flags...)...)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	g := &gridwall{process: p, t: t, began: began, client: &http.Client{Transport: transport, Timeout: patience}}
	select {
	case g.url = <-ready:
	case <-p.ended:
		t.Fatalf("the server ended: %v\n%s", p.err, p.tail())
	case <-time.After(patience):
		t.Fatalf("the server did not print its address\n%s", p.tail())
	}
	t.Cleanup(func() {
		if g.running() {
			if code := g.stop(); code != 0 {
				t.Errorf("the server ended with %d after an interrupt", code)
			}
		}
		for _, line := range g.stderr() {
			if strings.Contains(line, "level=ERROR") || strings.HasPrefix(line, "panic:") {
				t.Errorf("the server's log: %s", line)
			}
		}
		if t.Failed() {
			t.Logf("the end of the server's log:\n%s", g.tail())
		}
	})
	return g
}

// get returns an answer's status and body; 0 if there was no answer.
func (g *gridwall) get(path string) (status int, body string) {
	res, err := g.client.Get(g.url + path)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(text)
}

// listed is a stream as the API shows it.
type listed struct {
	ID      string `json:"id"`
	URL     string `json:"url"`
	Title   string `json:"title"`
	SiteKey string `json:"site_key"`
}

// path returns where a player finds the stream.
func (s listed) path() string { return "/hls/" + s.ID + "/index.m3u8" }

// streams waits until the server lists n streams.
func (g *gridwall) streams(n int) []listed {
	g.t.Helper()
	var got struct {
		Streams []listed `json:"streams"`
	}
	last := ""
	until(g.t, fmt.Sprintf("%d listed streams", n), func() bool {
		if !g.running() {
			g.t.Fatalf("the server ended: %v\n%s", g.err, g.tail())
		}
		var status int
		status, last = g.get("/api/v1/streams?all=1")
		return status == http.StatusOK && json.Unmarshal([]byte(last), &got) == nil && len(got.Streams) == n
	})
	return got.Streams
}

// watched is an active stream as the API shows it.
type watched struct {
	Title     string `json:"title"`
	Refreshes int    `json:"refresh_count"`
	LastError string `json:"last_error"`
}

func (g *gridwall) active() []watched {
	g.t.Helper()
	var got struct {
		Active []watched `json:"active"`
	}
	if status, body := g.get("/api/v1/active"); status != http.StatusOK || json.Unmarshal([]byte(body), &got) != nil || len(got.Active) == 0 {
		g.t.Errorf("the active streams: %d %s", status, body)
	}
	return got.Active
}
