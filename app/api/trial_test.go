package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/jsontypes"
	"gridwall/backend/stream"
)

// A user may copy a dry run and send it to others. The server redacts it, not the page.
func TestADryRunShowsNoTokenInAnyForm(t *testing.T) {
	const secret = "s3cr3t0123456789abcdef"
	for name, pattern := range map[string]string{
		"query":                         "https://cdn.test/a/b.m3u8?token={}&x=1",
		"a query with a foreign scheme": "rtmp://cdn.test/a?key={}",
		"user info":                     "https://me:{}@cdn.test/a.m3u8",
		"user info with an at":          "https://me:a@{}@cdn.test/a.m3u8",
		"user info that does not parse": "parse https://me:p%zz{}@cdn.test/a",
		"fragment":                      "https://cdn.test/a.m3u8#{}",
		"Akamai in the path":            "https://cdn.test/exp=1700000000~hmac={}/a.m3u8",
		"Bunny in the path":             "https://cdn.test/bcdn_token={}&expires=1700000000/a.m3u8",
		"escaped in the path":           "https://cdn.test/token%3D{}/a.m3u8",
		"secure_link in the path":       "https://cdn.test/p/{},1700000000/a.m3u8",
		"a provider's path":             "http://tv.test:8080/live/me/{}/101.m3u8",
		"a provider's path with a name": "http://tv.test:8080/live/me/{}/world.m3u8",
		"a session in a matrix":         "https://cdn.test/a.m3u8;jsessionid={}",
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
	} {
		says := strings.ReplaceAll(pattern, "{}", secret)
		trial := jsontypes.FromTrial(extract.Trial{
			Streams: []stream.Stream{{URL: "https://cdn.test/a?token=kept", Title: says, Quality: says}},
			Steps:   []extract.Step{{What: "request", Method: "GET", URL: says, Status: 200}, {Method: "GET", Error: says}, {What: says, Yield: 1}},
			Err:     errors.New("Failed: " + says + "\nand " + says + "."),
		})
		text, err := json.Marshal(trial)
		require.NoError(t, err)
		assert.NotContains(t, string(text), secret, name)
		assert.Equal(t, "https://cdn.test/a?token=kept", trial.Streams[0].URL)
	}
}

func TestADryRunKeepsWhatHelpsToFixASource(t *testing.T) {
	for _, line := range []string{
		"GET https://club.test/live/world.m3u8?… answered 403, 1.2 kB, 12 ms; answered 403 Forbidden",
		"follow 1: links: 4, Club: World feed, 720p, live, cdn.test:8080",
		`the query fails at line 3: "feeds" is not a list`,
		"no Chromium found: install it (apt install chromium), or set GRIDWALL_BROWSER to its path",
		"the session is over, a token is missing",
		"basic settings: see the token: bearer tokens are not read",
		"authentication required: send Authorization: Bearer <token>, or log in at /login",
	} {
		assert.Equal(t, line, stream.RedactText(line))
	}
}
