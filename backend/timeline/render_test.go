package timeline

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/hls"
)

func TestExtensionsThatPlayersRefuseAreReplaced(t *testing.T) {
	for uri, want := range map[string]string{
		"seg1.ts": "ts", "a/b.M4S?x=1": "m4s", "seg.php?n=1.ts": "ts", "x": "ts", "v.html": "ts", "p/a.b/c": "ts", "a.vtt#x": "vtt", "a.webvtt": "webvtt",
		"p/0001.png": "ts", "a.JPG": "ts", "a.jpeg": "ts", "a.webp": "ts",
	} {
		assert.Equal(t, want, extension(uri, hls.Variant, false), uri)
	}
	assert.Equal(t, "m4s", extension("x", hls.Variant, true))
	assert.Equal(t, "vtt", extension("x.srv", hls.Subtitles, false))
	assert.Equal(t, "png", extension("a.png", hls.Image, false))
	assert.Equal(t, "jpg", extension("a", hls.Image, false))
}

// A subtitle segment named a.webvtt was listed in the playlist but not found when a player requested it.
func TestEveryExtensionIsAcceptedInASegmentAddress(t *testing.T) {
	plain := regexp.MustCompile(`^[a-z0-9]+$`)
	for _, known := range []map[string]bool{knownExtensions, pictureExtensions} {
		for ext := range known {
			assert.LessOrEqual(t, len(ext), MaxExtension)
			assert.Regexp(t, plain, ext)
		}
	}
}
