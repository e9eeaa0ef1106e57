package demo

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

var _ extract.Extractor = (*Extractor)(nil)

func TestADemoSourceWithoutTheDemoSaysSo(t *testing.T) {
	_, err := New(nil).Extract(t.Context(), source.Source{Kind: "demo"}, nil)
	require.ErrorIs(t, err, ErrOff)
	assert.EqualError(t, err, "the demo is off")
}

func TestEachExtractionReturnsFreshTokens(t *testing.T) {
	token := 0
	e := New(func() ([]Feed, error) {
		token++
		return []Feed{{URL: "http://127.0.0.1/world/index.m3u8?t=" + string(rune('0'+token)), Title: "World feed", Quality: "720p"}}, nil
	})
	for _, want := range []string{"1", "2"} {
		found, err := e.Extract(t.Context(), source.Source{Kind: "demo"}, nil)
		require.NoError(t, err)
		assert.Equal(t, []extract.Found{{URL: "http://127.0.0.1/world/index.m3u8?t=" + want, Title: "World feed", Quality: "720p"}}, found)
	}
}

func TestADemoThatListsNothingFails(t *testing.T) {
	_, err := New(func() ([]Feed, error) { return nil, nil }).Extract(t.Context(), source.Source{Kind: "demo"}, nil)
	require.ErrorIs(t, err, stream.ErrNoStreams)
}

func TestADemoThatCannotStartSaysWhy(t *testing.T) {
	why := errors.New("the demo finds no port")
	_, err := New(func() ([]Feed, error) { return nil, why }).Extract(t.Context(), source.Source{Kind: "demo"}, nil)
	require.ErrorIs(t, err, why)
}
