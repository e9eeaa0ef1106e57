package m3u_test

import (
	_ "embed"
	"strings"
	"testing"

	"gridwall/backend/extract"
	"gridwall/backend/extract/m3u"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
	"gridwall/internal/testkind"
)

//go:embed testdata/channels.m3u
var channels string

//go:embed testdata/hls.m3u8
var playlist string

func TestM3UConforms(t *testing.T) {
	pool := upstream.New()
	t.Cleanup(pool.Close)
	testkind.Run(t, testkind.Case{
		Kind: "m3u", Extractor: m3u.Extractor{}, Transports: pool,
		Source: func(url string) source.Source {
			return source.Source{Key: "list", Name: "The list", Kind: "m3u", URL: url, Match: "(?i)^motor|World|^The list|^$"}
		},
		Good: []testkind.Answer{
			{Name: "a list", ContentType: "audio/x-mpegurl", Body: channels, Want: []extract.Found{
				{URL: "https://cdn.test/world/index.m3u8?token=abc&e=1", Title: "World feed, live (1080p)", Quality: "1080p",
					Group: "Motorsport, live", Logo: "https://img.test/a,b.png",
					Headers: map[string]string{"User-Agent": "Player/1.0", "Referer": "https://site.test/", "Origin": "https://site.test"}},
				{URL: "{base}/onboard/1.m3u8", Title: "Onboard FHD", Quality: "FHD", Group: "motor"},
				{URL: "https://cdn.test/onboard/2.m3u8", Title: "Onboard 2", Group: "Motorsport",
					Headers: map[string]string{"User-Agent": "Mozilla/5.0 (X11)", "Referer": "https://site.test/?a=1"}},
			}},
			{Name: "an HLS playlist is a stream", ContentType: "application/vnd.apple.mpegurl", Body: playlist, Want: []extract.Found{
				{URL: "{base}/good?token=s3cr3t-0123456789abcdef", Title: "The list"},
			}},
		},
		Empty: []testkind.Answer{
			{Name: "a header alone", Body: "#EXTM3U\n"},
			{Name: "no match", Body: "#EXTM3U\n#EXTINF:-1 group-title=\"News\",News 1\nhttps://cdn.test/1.m3u8\n"},
			{Name: "nothing but rtmp", Body: "#EXTM3U\n#EXTINF:-1,World\nrtmp://cdn.test/1\n"},
		},
		Begin: "#EXTM3U\n", Repeat: "# " + strings.Repeat("-", 1000) + "\n#EXTINF:-1 group-title=\"News\",News 1\nhttps://cdn.test/1.m3u8\n",
	})
}
