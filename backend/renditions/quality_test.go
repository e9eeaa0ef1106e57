package renditions

import (
	"gridwall/backend/hls"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ladder = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080,CODECS="avc1.64002a,mp4a.40.2",AUDIO="a"
1080.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=6000000,RESOLUTION=1920x1080,CODECS="avc1.64002a,mp4a.40.2",AUDIO="a"
backup.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=4000000,RESOLUTION=1920x1080,CODECS="hvc1.1,mp4a.40.2",AUDIO="a"
1080h.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2500000,RESOLUTION=1280x720,CODECS="avc1.64001f,mp4a.40.2",AUDIO="a"
# between

720.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="avc1.64001e,mp4a.40.2",AUDIO="a"
360.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"
sound.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200000,RESOLUTION=1920x1080,URI="i1080.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,RESOLUTION=640x360,URI="i360.m3u8"
#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1000,RESOLUTION=160x90,URI="images.m3u8"
`

// asWritten keeps the upstream's addresses.
type asWritten struct{ m *hls.Multivariant }

func (n asWritten) Rendition(dst []byte, i int) []byte { return append(dst, n.m.Renditions[i].URI...) }
func (n asWritten) Resource(dst []byte, i int) []byte  { return append(dst, n.m.Resources[i].URI...) }

// A player that requests a quality gets one that exists, no matter how the quality is written.
func TestAQualitySelectsItsVariantsOrTheNearestBelow(t *testing.T) {
	m, err := hls.ParseMultivariant([]byte(ladder), hls.Env{})
	require.NoError(t, err)
	for quality, want := range map[string]string{
		"":              "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"auto":          "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"potato":        "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"0p":            "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"1080p":         "en 1080 backup 1080h i1080 i360 images",
		"1080":          "en 1080 backup 1080h i1080 i360 images",
		"4320p":         "en 1080 backup 1080h i1080 i360 images",
		"720P":          "en 720 i360 images",
		"900p":          "en 720 i360 images",
		"100p":          "en 360 i360 images",
		"<=720p":        "en 720 360 i360 images",
		"<=100p":        "en 360 i360 images",
		"max":           "en 1080 backup 1080h i1080 i360 images",
		"min":           "en 1080h 360 i1080 i360 images",
		"audio":         "en sound i1080 i360 images",
		"2500k":         "en 720 i360 images",
		"5m":            "en 1080h i1080 i360 images",
		"<=3000k":       "en 720 360 i360 images",
		"10k":           "en 360 i360 images",
		"720p-9999k":    "en 720 i360 images",
		"99999999999p":  "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"720px":         "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"18446744073m":  "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"\r\n#EXTM3U":   "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"<=":            "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"-1p":           "en 1080 backup 1080h 720 360 sound i1080 i360 images",
		"<=99999999999": "en 1080 backup 1080h 720 360 sound i1080 i360 images",
	} {
		q := ParseQuality(quality)
		assert.Equal(t, q, ParseQuality(q.String()), quality)
		keep := Select(m, q)
		text := string(m.RenderOnly(nil, asWritten{m}, keep))
		again, err := hls.ParseMultivariant([]byte(text), hls.Env{})
		require.NoError(t, err, "%q: %s", quality, text)
		var got []string
		for _, r := range again.Renditions {
			got = append(got, strings.TrimSuffix(r.URI, ".m3u8"))
		}
		assert.Equal(t, want, strings.Join(got, " "), "%q", quality)
		if keep == nil {
			assert.Equal(t, ladder, text, "the playlist is byte for byte the same")
		}
	}
}

func TestAnAudioOnlyStreamHasQualities(t *testing.T) {
	m, err := hls.ParseMultivariant([]byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\nb\n#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS=\"mp4a.40.2\"\na\n"), hls.Env{})
	require.NoError(t, err)
	for quality, want := range map[string][]bool{"max": {true, false}, "min": {false, true}, "100k": {false, true}, "720p": {true, true}, "audio": {true, true}} {
		assert.Equal(t, want, Select(m, ParseQuality(quality)), quality)
	}
	none, err := hls.ParseMultivariant([]byte("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI=\"a\"\n"), hls.Env{})
	require.NoError(t, err)
	assert.Nil(t, Select(none, ParseQuality("720p")))
}
