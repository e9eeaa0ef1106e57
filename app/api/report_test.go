package api

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/stream"
)

func TestWhatIsCopiedOfADryRunHoldsNoPermission(t *testing.T) {
	const secret = "s3cr3t0123456789abcdef"
	const jwt = "eyJhbGciOiJIUzI1NiJ9." + secret + ".sig"
	for way, pattern := range map[string]string{
		"query":                         "https://cdn.test/a/b.m3u8?token={}&x=1",
		"a query with a foreign scheme": "rtmp://cdn.test/a?key={}",
		"user info":                     "https://me:{}@cdn.test/a.m3u8",
		"user info with an at":          "https://me:a@{}@cdn.test/a.m3u8",
		"fragment":                      "https://cdn.test/a.m3u8#{}",
		"Akamai in the path":            "https://cdn.test/exp=1700000000~hmac={}/a.m3u8",
		"Bunny in the path":             "https://cdn.test/bcdn_token={}&expires=1700000000/a.m3u8",
		"escaped in the path":           "https://cdn.test/token%3D{}/a.m3u8",
		"secure_link in the path":       "https://cdn.test/p/{},1700000000/a.m3u8",
		"a provider's path":             "http://tv.test:8080/live/me/{}/101.m3u8",
		"a provider's path with a name": "http://tv.test:8080/live/me/{}/world.m3u8",
		"a relative address":            "is sent on to /player/a.m3u8?hdnts={}",
		"a cookie":                      "the site says Set-Cookie: session={}; Path=/",
		"two cookies":                   "sent with Cookie: a=1; b={}",
		"authorization":                 "sent with Authorization: Bearer {}",
		"a header in JSON":              `{"Authorization": "Basic {}", "Referer": "https://club.test/"}`,
		"a header of its own":           "X-Api-Key: {}",
		"a bare bearer":                 "said Bearer {} is over",
		"a password":                    "yt-dlp: --password={} is wrong for 'me'",
		"a token beside its name":       `the page has "access_token": "{}"`,
		"a link in Markdown":            "[World](https://cdn.test/a.m3u8?t={})",
		"a session in a matrix":         "https://cdn.test/a.m3u8;jsessionid={}",
		"user info that does not parse": "parse https://me:p%zz{}@cdn.test/a",
	} {
		says := strings.ReplaceAll(pattern, "{}", secret)
		failed := "Failed: " + says + "\nand " + says + "."
		feed := Stream{URL: "https://me:" + secret + "@cdn.test/" + jwt + "/x.m3u8?token=" + secret + "#" + secret, Title: says, Quality: says}
		text := report(says, "m3u", time.Unix(0, 0), time.Millisecond, Trial{
			Streams: []Stream{feed, feed}, Count: 2, Error: &failed,
			Steps: []Step{{What: "request", Method: "GET", URL: says, Status: 200}, {Method: "GET", Error: says}, {What: says, Yield: 1}},
		})
		assert.NotContains(t, text, secret, way)
		assert.Contains(t, text, "Found 2 feeds", way)
	}
}

func TestWhatIsCopiedOfADryRunKeepsWhatHelpsToFixASource(t *testing.T) {
	for _, line := range []string{
		"GET https://club.test/live/world.m3u8?… answered 403, 1.2 kB, 12 ms; answered 403 Forbidden",
		"follow 1: links: 4, Club: World feed, 720p, live, cdn.test:8080",
		`the query fails at line 3: "feeds" is no list`,
		"no Chromium is here: install it (apt install chromium), or say in GRIDWALL_BROWSER where it is",
		"the session is over, a token is missing",
		"basic settings: see the token: bearer tokens are not read",
		"authentication required: send Authorization: Bearer <token>, or log in at /login",
	} {
		assert.Equal(t, line, stream.RedactText(line))
	}
	live := true
	said := "no list"
	text := report("Club TV", "json", time.Unix(0, 0), 1500*time.Millisecond, Trial{
		Streams: []Stream{{Title: "World", Quality: "720p", IsLive: &live, URL: "https://cdn.test/secret-path/x.m3u8?token=SECRET"}, {URL: "https://cdn.test/y"}}, Count: 2, Error: &said,
		Steps: []Step{{What: "request", Method: "GET", URL: "https://h/api?…", Status: 403, DurationMS: 12, Bytes: 1234, Error: "answered 403"},
			{What: "file", URL: "/home/fan/list.m3u", Bytes: 84, DurationMS: 1}, {What: "values of the query", Yield: 2}},
	})
	assert.Equal(t, `Gridwall dry run: Club TV (json), 1970-01-01T00:00:00Z, 1.5 s

Steps
  GET https://h/api?… answered 403, 1.2 kB, 12 ms; answered 403
  file list.m3u: 84 B, 1 ms
  values of the query: 2

Failed: no list

Found 2 feeds
  World, 720p, live, cdn.test
  without a title, not checked, cdn.test
`, text)
}
