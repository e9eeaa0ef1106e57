package renditions

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestACodecThatADecoderCannotGoOnWithIsNamed(t *testing.T) {
	for _, c := range []struct{ one, other, what, a, b string }{
		{"avc1.42c00d,mp4a.40.2", "avc1.64001e, mp4a.40.5", "", "", ""},
		{"avc1.42c00d,mp4a.40.2", "avc1.42c00d,mp4a.40.34", "sound", "aac", "mp3"},
		{"avc1.42c00d,mp4a.40.2", "avc1.42c00d,mp4a.6B", "sound", "aac", "mp3"},
		{"avc1.42c00d,ec-3", "avc1.42c00d,mp4a.40.2", "sound", "eac3", "aac"},
		{"avc1.42c00d,mp4a.40.2", "hvc1.1.6.L93.B0,ac-3", "picture", "avc", "hevc"},
		{"avc1.42c00d,mp4a.40.2", "", "", "", ""},
		{"avc1.42c00d", "avc3.42c00d,mp4a.40.2", "", "", ""},
		{"nonsense", "avc1.42c00d", "", "", ""},
	} {
		what, a, b := OtherCodec(c.one, c.other)
		assert.Equal(t, []string{c.what, c.a, c.b}, []string{what, a, b}, "%s and %s", c.one, c.other)
	}
}
