//go:build !windows

package desktop

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api/fault"
	"gridwall/app/desktop/link"
)

// fakeLink responds to each path with a document.
type fakeLink map[string]string

func (l fakeLink) Exchange(_ context.Context, r link.Request) (link.Response, error) {
	body, ok := l[r.Path]
	if !ok {
		return link.Response{Status: 404}, nil
	}
	return link.Response{Status: 200, Body: body}, nil
}

func (fakeLink) Follow(context.Context, string, func(json.RawMessage), func(bool)) {}

func TestASecondWindowOpensAFeedOfTheFirstInAPlayer(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mpv"), []byte("#!/bin/sh\nprintf '%s\\n' \"$@\" >'"+dir+"/got.tmp' && mv '"+dir+"/got.tmp' '"+dir+"/got'\n"), 0o755))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	first := fakeLink{
		"/api/v1/settings":         `{"settings": {"ui.player": "mpv"}}`,
		"/api/v1/streams?all=true": `{"streams": [{"id": "a1", "title": "World feed"}]}`,
		"/api/v1/about":            `{"playback": "http://127.0.0.1:8788"}`,
	}
	s := newShell(&Desktop{o: Options{Link: first}, latch: newLatch(quiet())})
	require.NoError(t, s.OpenPlayer("a1", ""))
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "got"))
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	got, err := os.ReadFile(filepath.Join(dir, "got"))
	require.NoError(t, err)
	assert.Equal(t, "--force-window=immediate\n--force-media-title=World feed\n--\nhttp://127.0.0.1:8788/hls/a1/index.m3u8\n", string(got))

	assert.Equal(t, fault.CodeUnknownStream, fault.AsError(s.OpenPlayer("gone", "mpv")).Code)
	delete(first, "/api/v1/streams?all=true")
	assert.ErrorContains(t, s.OpenPlayer("a1", "mpv"), "responds with 404")
}
