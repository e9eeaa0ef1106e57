package app

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// listen opens the event stream; names yields the name of each event until the stream ends.
func (r *running) listen(ctx context.Context) (names <-chan string, res *http.Response) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"/api/v1/events", nil)
	require.NoError(r.t, err)
	res, err = http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	out := make(chan string, 100)
	go func() {
		defer close(out)
		defer res.Body.Close()
		name := ""
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			line := lines.Text()
			if v, ok := strings.CutPrefix(line, "event: "); ok {
				name = v
			}
			if v, ok := strings.CutPrefix(line, "data: "); ok {
				var e struct {
					Type string
					Seq  int
					At   time.Time
				}
				assert.NoError(r.t, json.Unmarshal([]byte(v), &e), v)
				assert.Equal(r.t, name, e.Type)
				assert.NotZero(r.t, e.Seq)
				out <- name
			}
		}
	}()
	return out, res
}

// await reads events until one with the name arrives.
func await(t *testing.T, names <-chan string, want string) {
	t.Helper()
	end := time.After(wait)
	for {
		select {
		case got, ok := <-names:
			require.True(t, ok, "the stream ended before %s came", want)
			if got == want {
				return
			}
		case <-end:
			require.Fail(t, "no event "+want)
		}
	}
}

func TestClientsReceiveAnEventForEachChange(t *testing.T) {
	c := testserver.NewCDN(t)
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	ctx, leave := context.WithCancel(t.Context())
	names, res := s.listen(ctx)
	assert.Equal(t, 200, res.StatusCode)
	assert.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))

	body, err := json.Marshal(map[string]string{"text": c.Source()})
	require.NoError(t, err)
	s.do("PUT", "/api/v1/sources/site", string(body)).json(t)
	await(t, names, "sources")
	await(t, names, "streams")
	id := s.streams(2)[0]["id"].(string)
	s.do("POST", "/api/v1/active", `{"stream_id":"`+id+`"}`).json(t)
	await(t, names, "active")
	s.do("POST", "/api/v1/schedule/refresh", "").json(t)
	await(t, names, "schedule")

	leave()
	for range names {
	}
}

func TestStoppingEndsEventStreamsAtOnce(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	names, _ := s.listen(context.Background())
	begin := time.Now()
	s.Stop()
	for range names {
	}
	assert.Less(t, time.Since(begin), 4*time.Second, "before the five seconds that requests in flight get")
}
