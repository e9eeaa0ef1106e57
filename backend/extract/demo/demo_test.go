package demo

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

var _ extract.Extractor = (*Extractor)(nil)

func TestADemoSourceWithoutTheDemoSaysHowToStartIt(t *testing.T) {
	_, err := New(nil).Extract(t.Context(), source.Source{Kind: "demo"}, nil)
	require.ErrorIs(t, err, ErrOff)
	assert.EqualError(t, err, "the demo is off: start with --demo")
}

func TestEachExtractionBringsFreshTokens(t *testing.T) {
	token := 0
	e := New(func() []Feed {
		token++
		return []Feed{{URL: "http://127.0.0.1/world/index.m3u8?t=" + string(rune('0'+token)), Title: "World feed", Quality: "720p"}}
	})
	for _, want := range []string{"1", "2"} {
		found, err := e.Extract(t.Context(), source.Source{Kind: "demo"}, nil)
		require.NoError(t, err)
		assert.Equal(t, []extract.Found{{URL: "http://127.0.0.1/world/index.m3u8?t=" + want, Title: "World feed", Quality: "720p"}}, found)
	}
}

func TestADemoThatListsNothingIsNoSuccess(t *testing.T) {
	_, err := New(func() []Feed { return nil }).Extract(t.Context(), source.Source{Kind: "demo"}, nil)
	require.ErrorIs(t, err, stream.ErrNoStreams)
}
