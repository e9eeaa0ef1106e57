package renditions

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/hls"
)

func TestTheNearestRenditionOfAnotherStream(t *testing.T) {
	muxed := &hls.Multivariant{Renditions: []hls.Rendition{
		{Kind: hls.Variant, Height: 1080, Bandwidth: 8_000_000, Codecs: "avc1.64002a,mp4a.40.2"},
		{Kind: hls.Variant, Height: 720, Bandwidth: 3_000_000, Codecs: "avc1.64001f,mp4a.40.2"},
		{Kind: hls.Variant, Height: 720, Bandwidth: 2_500_000, Codecs: "hvc1.1.6.L93,mp4a.40.2"},
		{Kind: hls.Variant, Height: 360, Bandwidth: 700_000, Codecs: "avc1.64001e,mp4a.40.2"},
	}}
	for name, tc := range map[string]struct {
		want Description
		best int
	}{
		"the same resolution":           {Description{Height: 1080, Bandwidth: 5_000_000}, 0},
		"then the bandwidth":            {Description{Height: 720, Bandwidth: 2_500_000}, 2},
		"unless the codec is another":   {Description{Height: 720, Bandwidth: 2_800_000, Codecs: "avc1.64001f"}, 1},
		"by bandwidth alone":            {Description{Bandwidth: 800_000}, 3},
		"the best, if nothing is known": {Description{}, 0},
		"a smaller one for the least":   {Description{Height: 240, Bandwidth: 300_000}, 3},
	} {
		tc.want.Kind = hls.Variant
		best, other := Nearest(muxed, tc.want, false)
		assert.Equal(t, tc.best, best, name)
		assert.False(t, other)
	}
	best, other := Nearest(muxed, Description{Kind: hls.Variant, Height: 720}, true)
	assert.Equal(t, -1, best)
	assert.True(t, other, "there are only variants with their sound")

	separate := &hls.Multivariant{Renditions: []hls.Rendition{
		{Kind: hls.Audio, Language: "de", Name: "Deutsch", Default: true}, {Kind: hls.Audio, Language: "en", Name: "Commentary"}, {Kind: hls.Audio, Language: "en", Name: "English"},
		{Kind: hls.Variant, Height: 720, AudioGroup: "a"},
	}}
	for want, i := range map[Description]int{{Language: "en", Name: "English"}: 2, {Language: "de", Name: "Ton"}: 0, {Language: "fr", Name: "Français"}: 0} {
		want.Kind = hls.Audio
		best, _ := Nearest(separate, want, false)
		assert.Equal(t, i, best, want.Name)
	}
	best, _ = Nearest(separate, Description{Kind: hls.Variant, Height: 1080}, true)
	assert.Equal(t, 3, best)
}
