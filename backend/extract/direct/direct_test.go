package direct_test

import (
	"testing"

	"gridwall/backend/extract"
	"gridwall/backend/extract/direct"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
	"gridwall/internal/testkind"
)

func TestDirectConforms(t *testing.T) {
	pool := upstream.New()
	defer pool.Close()
	testkind.Run(t, testkind.Case{
		Kind: "direct", Extractor: direct.Extractor{}, Transports: pool, Offline: true,
		Source: func(url string) source.Source {
			return source.Source{Key: "mine", Name: "Mine", Kind: "direct", Streams: []source.Direct{
				{URL: "https://cdn.test/world.m3u8?t=1", Title: "World feed", Quality: "1080p"},
				{URL: "https://cdn.test/b.m3u8"},
				{URL: "https://cdn.test/c.m3u8|Referer=https://site.test/&verifypeer=false", Title: "From a list"},
			}}
		},
		Good: []testkind.Answer{{Name: "as written", Want: []extract.Found{
			{URL: "https://cdn.test/world.m3u8?t=1", Title: "World feed", Quality: "1080p"},
			{URL: "https://cdn.test/b.m3u8", Title: "Mine 2"},
			{URL: "https://cdn.test/c.m3u8", Title: "From a list", Headers: map[string]string{"Referer": "https://site.test/"}},
		}}},
	})
}
