package jsonapi_test

import (
	_ "embed"
	"testing"

	"gridwall/backend/extract"
	"gridwall/backend/extract/jsonapi"
	"gridwall/backend/source"
	"gridwall/backend/upstream"
	"gridwall/internal/testkind"
)

//go:embed testdata/feeds.json
var feeds string

func TestJSONConforms(t *testing.T) {
	pool := upstream.New()
	t.Cleanup(pool.Close)
	testkind.Run(t, testkind.Case{
		Kind: "json", Extractor: jsonapi.Extractor{}, Transports: pool,
		Source: func(url string) source.Source {
			return source.Source{Key: "api", Name: "API", Kind: "json", URL: url,
				Query: `.feeds[] | if type == "string" then . else {url: .src, title: .name, quality: .res, headers: .headers} end`}
		},
		Good: []testkind.Answer{
			{Name: "feeds", ContentType: "application/json", Body: feeds, Want: []extract.Found{
				{URL: "https://cdn.test/world.m3u8?token=abc", Title: "World feed", Quality: "1080p", Headers: map[string]string{"Referer": "https://site.test/"}},
				{URL: "{base}/feeds/2.m3u8?id=9007199254740993", Title: "Onboard", Quality: "720"},
				{URL: "https://cdn.test/timing.m3u8"},
			}},
		},
		Empty: []testkind.Answer{
			{Name: "an empty list", Body: `{"feeds": []}`},
			{Name: "feeds that have not begun", Body: `{"feeds": [{"src": null, "name": "World"}, {"src": "", "name": "Onboard"}]}`},
			{Name: "nothing but rtmp", Body: `{"feeds": [{"src": "rtmp://cdn.test/1"}]}`},
		},
		Begin: `{"feeds": ["https://cdn.test/0.m3u8"`, Repeat: `, "https://cdn.test/1.m3u8"`,
	})
}
