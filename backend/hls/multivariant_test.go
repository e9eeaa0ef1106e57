package hls

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMultivariantPlaylistsAreParsed(t *testing.T) {
	body, err := os.ReadFile("testdata/golden/multivariant.m3u8")
	require.NoError(t, err)
	m, err := ParseMultivariant(body, Env{})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"cdn": "https://cdn.test"}, m.Variables)
	kinds := map[RenditionKind]int{}
	for _, r := range m.Renditions {
		kinds[r.Kind]++
	}
	assert.Equal(t, map[RenditionKind]int{Variant: 4, Audio: 1, Video: 1, Subtitles: 1, IFrame: 1, Image: 1}, kinds)
	assert.Equal(t, Rendition{
		Kind: Audio, URI: "https://cdn.test/en.m3u8?t=tok", GroupID: "aac", Name: "English, main", Language: "en", Default: true, Autoselect: true, Channels: "2",
	}, m.Renditions[0])
	assert.Equal(t, Rendition{
		Kind: Variant, URI: "https://other.test/1080.m3u8?t=tok", Bandwidth: 6000123, AverageBandwidth: 5000000, Codecs: "avc1.64002a,mp4a.40.2",
		Width: 1920, Height: 1080, FrameRate: 50, AudioGroup: "aac", SubtitlesGroup: "subs", Name: "https://cdn.test", PathwayID: "B",
	}, m.Renditions[4])
	require.Len(t, m.Resources, 6)
	for _, i := range []int{0, 3, 4, 5} {
		assert.Equal(t, UnrecognisedTag, m.Resources[i].Tag, "an address in an unknown attribute or tag")
	}
	assert.Equal(t, Resource{Tag: "EXT-X-SESSION-DATA", URI: "https://cdn.test/data.json?t=tok", Range: wholeRange}, m.Resources[1])
	assert.Equal(t, Resource{Tag: "EXT-X-SESSION-KEY", URI: "https://cdn.test/key?t=tok", Method: "AES-128", KeyFormat: "identity", Range: wholeRange}, m.Resources[2])

	n := &multiNamer{names: make([]string, len(m.Renditions)), count: map[string]int{}}
	m.Render(nil, n)
	assert.Len(t, n.count, len(m.Renditions)+len(m.Resources))
	for what, count := range n.count {
		assert.Equal(t, 1, count, what)
	}
}

func TestAMediaPlaylistGetsTheVariablesOfItsParent(t *testing.T) {
	parent, err := ParseMultivariant([]byte("#EXTM3U\n#EXT-X-DEFINE:NAME=\"t\",VALUE=\"x?y\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{$t}\n"), Env{})
	require.NoError(t, err)
	m, err := ParseMedia([]byte("#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"t\"\n#EXTINF:1,\na/{$t}/{$/{$}\n"), Env{Import: parent.Variables})
	require.NoError(t, err)
	assert.Equal(t, "a/x?y/{$/{$}", m.Segments[0].URI)
}

func TestBadMultivariantPlaylistsAreRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		in   string
		want error
	}{
		"media":      {"#EXTM3U\n#EXTINF:1,\na\n", ErrNotPlaylist},
		"web page":   {"<html>", ErrNotPlaylist},
		"variable":   {"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{$a}\n", ErrVariable},
		"import":     {"#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"a\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n", ErrVariable},
		"renditions": {"#EXTM3U\n" + strings.Repeat("#EXT-X-STREAM-INF:BANDWIDTH=1\na\n", MaxRenditions+1), ErrTooLarge},
		"line":       {"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n" + strings.Repeat("a", MaxLine+1), ErrLineTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseMultivariant([]byte(tc.in), Env{})
			require.ErrorIs(t, err, tc.want)
		})
	}
}
