package media

import (
	"bytes"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
)

const aPlaylist = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,Gro\u00dfer Preis\na.ts\n"

func inUTF16(text, mark string, big bool) string {
	out := []byte(mark)
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return string(out)
}

// sloppy are playlists that package hls reads although no standard has them so.
var sloppy = map[string]string{
	"as it should be":                aPlaylist,
	"in small letters":               "#extm3u\n#extinf:4,\na.ts\n",
	"behind zeros":                   "\x00\x00\x00\x00" + aPlaylist,
	"behind zeros and blank lines":   "\r\n \x00\t" + aPlaylist,
	"behind a mark and zeros":        "\xef\xbb\xbf\x00\n" + aPlaylist,
	"behind two kilobytes of blanks": string(bytes.Repeat([]byte("\n"), 2048)) + aPlaylist,
	"in UTF-16":                      inUTF16(aPlaylist, "", false),
	"in UTF-16 with a mark":          inUTF16(aPlaylist, "\xff\xfe", false),
	"in UTF-16, the other order":     inUTF16(aPlaylist, "", true),
	"in that order with a mark":      inUTF16(aPlaylist, "\xfe\xff", true),
	"in UTF-16, in small letters":    inUTF16("\r\n#extm3u\r\n", "\xff\xfe", false),
	"the first tag alone":            "#EXTM3U",
}

func TestEveryPlaylistOfTheParserIsRecognised(t *testing.T) {
	for name, body := range sloppy {
		require.NotEqual(t, hls.NotPlaylist, hls.Sniff([]byte(body)), name)
		k, sure := Look([]byte(body), true)
		assert.True(t, sure && k == Playlist, "%s: %v", name, k)
		checkCuts(t, name, []byte(body))
		agree(t, []byte(body))
	}
	agree(t, append(bytes.Repeat([]byte(" \x00"), HeadLen), aPlaylist...))
	for _, box := range []string{"\x00\x00\x00#ftypiso5", "\x00\x00\x00#emsg\n#EXTM3U\n"} {
		k, _ := Look([]byte(box), true)
		assert.Equal(t, MP4, k, "%q", box)
	}
}

// agree fails where the judge refuses what the parser reads, or passes on what it does not.
func agree(t *testing.T, body []byte) {
	text, ok := PlaylistText(body)
	if hls.Sniff(body) != hls.NotPlaylist {
		require.True(t, ok, "refused: %.60q", body)
	}
	if ok {
		require.NotEqual(t, hls.NotPlaylist, hls.Sniff(text), "%.60q", text)
		require.True(t, hls.Sniff(body) == hls.NotPlaylist || hls.Sniff(body) == hls.Sniff(text))
	}
}

func FuzzPlaylistText(f *testing.F) {
	for _, body := range sloppy {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { agree(t, body) })
}

func TestPicturesAreNotMistakenForVideo(t *testing.T) {
	picture := append([]byte("\xff\xd8\xff\xe0"), make([]byte, 1000)...)
	for _, size := range []int{188, 192, 204} {
		for _, at := range []int{size, size - 4} {
			body := bytes.Clone(picture)
			body[len(body)-at] = syncByte
			_, found, sure := BehindPicture(body, true)
			assert.True(t, sure && !found, "a sync byte %d from the end", at)
		}
	}
}
