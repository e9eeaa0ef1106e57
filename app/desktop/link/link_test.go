package link

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is a program that answers with what it was asked.
func program(t *testing.T, token string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/api/v1/walls":
			_, _ = io.WriteString(w, `{"walls":[{"name":"Monaco"},{"name":"Spa"}]}`)
		case "/api/v1/events":
			assert.Equal(t, "tv", r.URL.Query().Get("screen"))
			_, _ = io.WriteString(w, ": hello\n\nevent: walls\ndata: {\"type\":\"walls\"}\n\ndata: broken\n\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		default:
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("ETag", `"r1"`)
			w.WriteHeader(http.StatusPreconditionFailed)
			_, _ = io.WriteString(w, r.Method+" "+r.Header.Get("If-Match")+" "+r.Header.Get("Content-Type")+" "+string(body))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestAnotherWindowFindsTheRunningProgram(t *testing.T) {
	data, token := t.TempDir(), NewToken()
	l := New(data)
	_, err := l.Walls(t.Context())
	require.ErrorIs(t, err, ErrNone, "none has run here")

	s := program(t, token)
	remove, err := Publish(data, s.URL, token)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(data, fileName))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "others on this machine must not read the token")
	}
	names, err := l.Walls(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"Monaco", "Spa"}, names)

	r, err := l.Exchange(t.Context(), Request{Verb: "PUT", Path: "/api/v1/walls/Spa", Body: `{}`, IfMatch: `"r0"`})
	require.NoError(t, err)
	assert.Equal(t, Response{Status: 412, ETag: `"r1"`, Body: `PUT "r0" application/json {}`}, r)

	s.Close()
	_, err = l.Walls(t.Context())
	require.ErrorIs(t, err, ErrNone, "it has crashed")
	remove()
	assert.NoFileExists(t, filepath.Join(data, fileName))
}

func TestTheTokenGoesOnlyToThisMachine(t *testing.T) {
	data := t.TempDir()
	for _, url := range []string{"http://example.com:80", "https://127.0.0.1:1", "http://127.0.0.1.example.com:1", "http://127.0.0.1:1@example.com:80", "http://127.0.0.1:", ""} {
		_, err := Publish(data, url, "secret")
		require.NoError(t, err)
		_, err = New(data).Walls(t.Context())
		assert.Equal(t, ErrNone, err, url)
	}
}

func TestAProgramThatFailsIsNotTakenForNone(t *testing.T) {
	for name, tc := range map[string]struct {
		status     int
		body, says string
		none       bool
	}{
		"a failure":       {500, `{"error":{"code":"internal","message":"the disk is full"}}`, "the Gridwall that is running cannot list its walls: the disk is full", false},
		"another program": {500, `<h1>Oops</h1>`, ErrNone.Error() + ": status 500", true},
		"no such page":    {404, `{"error":"gone"}`, ErrNone.Error() + ": status 404", true},
		"another token":   {401, `{"error":{"code":"unauthorized","message":"authentication required"}}`, ErrNone.Error() + ": authentication required", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			defer s.Close()
			data := t.TempDir()
			_, err := Publish(data, s.URL, NewToken())
			require.NoError(t, err)
			_, err = New(data).Walls(t.Context())
			require.EqualError(t, err, tc.says)
			assert.Equal(t, tc.none, errors.Is(err, ErrNone))
		})
	}
}

func TestARestartedProgramKeepsItsOwnAddress(t *testing.T) {
	data := t.TempDir()
	removeOld, err := Publish(data, "http://127.0.0.1:1", "old")
	require.NoError(t, err)
	_, err = Publish(data, "http://127.0.0.1:2", "new")
	require.NoError(t, err)
	removeOld()
	assert.FileExists(t, filepath.Join(data, fileName))
}

func TestEventsContinueAfterARestartOfTheProgram(t *testing.T) {
	data := t.TempDir()
	first, token := program(t, "one"), "one"
	_, err := Publish(data, first.URL, token)
	require.NoError(t, err)
	seen := make(chan string, 16)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		New(data).Follow(ctx, "tv", func(e json.RawMessage) { seen <- string(e) }, func(up bool) {
			seen <- map[bool]string{true: "up", false: "down"}[up]
		})
	}()
	next := func() string {
		select {
		case s := <-seen:
			return s
		case <-time.After(10 * time.Second):
			return "nothing"
		}
	}
	assert.Equal(t, []string{"up", `{"type":"walls"}`}, []string{next(), next()})
	first.CloseClientConnections()
	first.Close()
	assert.Equal(t, "down", next())
	second := program(t, "two")
	_, err = Publish(data, second.URL, "two")
	require.NoError(t, err)
	assert.Equal(t, []string{"up", `{"type":"walls"}`}, []string{next(), next()})
	cancel()
	<-done
}
