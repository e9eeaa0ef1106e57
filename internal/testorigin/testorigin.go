package testorigin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// The origins, by name.
const (
	LowLatency = "lowlatency"
	Recording  = "recording"
)

// Entry is the path of an origin's multivariant playlist.
const Entry = "/master.m3u8"

// New encodes the media of the named origin and returns its handler.
func New(name string) (http.Handler, error) {
	switch name {
	case LowLatency:
		return newLowLatency()
	case Recording:
		return newRecording()
	}
	return nil, fmt.Errorf("unknown origin %q; there are %s and %s", name, LowLatency, Recording)
}

// Start serves the named origin until the test ends, and returns the URL of its multivariant playlist.
func Start(t testing.TB, name string) (url string) {
	t.Helper()
	h, err := New(name)
	require.NoError(t, err)
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + Entry
}

// Source returns the text of a source file that lists the one stream at url.
func Source(url, title string) string {
	return fmt.Sprintf("kind = \"direct\"\nallow_private = true\n[[stream]]\nurl = %q\ntitle = %q\n", url, title)
}
