package api

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api/fault"
	"gridwall/backend/stream"
)

func TestAViewerNameThatPlaybackRejectsHoldsNoLease(t *testing.T) {
	a := New(Options{})
	for _, viewer := range []string{"a b", "ü", "a/b", "a\r\n", strings.Repeat("v", stream.MaxViewer+1)} {
		_, err := a.Activate(context.Background(), Activation{StreamID: "a", Viewer: viewer})
		var e *fault.Error
		require.ErrorAs(t, err, &e, viewer)
		assert.Equal(t, fault.CodeInvalid, e.Code)
		assert.ErrorContains(t, err, "at most 64")
		require.ErrorAs(t, a.Deactivate(context.Background(), "a", viewer), &e, viewer)
		assert.Equal(t, fault.CodeInvalid, e.Code)
	}
	for _, viewer := range []string{"", "wall-x1y2z3-1", "TV_2.a"} {
		assert.NoError(t, checkViewer(viewer))
	}
}

// listed is a stream with an earlier and the current address.
type listed struct {
	extraction
	renewal
	was, is string
}

func (l listed) ByURL(u string) (stream.Stream, bool) { return stream.Stream{URL: l.is}, u == l.was }
func (l listed) Resolve(u string) string {
	if u == l.was {
		return l.is
	}
	return u
}

func TestAURLIsResolvedInItsListedFormToo(t *testing.T) {
	const was = "http://127.0.0.1/a%20b.m3u8"
	for is, asked := range map[string][]string{was + "?t=2": {"http://127.0.0.1/a b.m3u8", was}, was: {"http://127.0.0.1/a b.m3u8", was}} {
		a := New(Options{Sources: SourceParts{Extraction: listed{was: was, is: is}}, Playback: PlaybackParts{Renewal: listed{was: was, is: is}}})
		for _, u := range asked {
			got, err := a.Resolve(context.Background(), u)
			require.NoError(t, err)
			assert.Equal(t, is, got.URL, u)
		}
		got, err := a.Resolve(context.Background(), "http://127.0.0.1/c d")
		require.NoError(t, err)
		assert.Equal(t, "http://127.0.0.1/c d", got.URL, "an unknown URL is returned unchanged")
	}
}
