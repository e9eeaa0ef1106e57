package token

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAStreamKeepsItsIdentityWhenItsTokenChanges(t *testing.T) {
	for name, tc := range map[string]struct{ url, host, path, query string }{
		"plain":               {"https://cdn.test/live/a.m3u8", "cdn.test", "/live/a.m3u8", ""},
		"port, case, user":    {"HTTPS://me:pw@CDN.Test:8443/Live/A.m3u8", "cdn.test:8443", "/Live/A.m3u8", ""},
		"the scheme's port":   {"https://cdn.test:443/a.m3u8", "cdn.test", "/a.m3u8", ""},
		"no path":             {"http://cdn.test", "cdn.test", "/", ""},
		"channel stays":       {"https://cdn.test/a.m3u8?token=abc&ch=3&expires=1780000000", "cdn.test", "/a.m3u8", "ch=3"},
		"sorted":              {"https://cdn.test/a.m3u8?z=1&b=2&a=3", "cdn.test", "/a.m3u8", "a=3&b=2&z=1"},
		"an id stays":         {"https://cdn.test/a.m3u8?id=1700000000&Expires=1780000000&Signature=x&Key-Pair-Id=k", "cdn.test", "/a.m3u8", "id=1700000000"},
		"episode, height":     {"https://cdn.test/a.m3u8?e=5&h=720&s=1&session=race", "cdn.test", "/a.m3u8", "e=5&h=720&s=1&session=race"},
		"session id":          {"https://cdn.test/a.m3u8?session=6f1c2d3e-0000-4000-8000-0123456789ab&ch=1", "cdn.test", "/a.m3u8", "ch=1"},
		"mediavault":          {"https://cdn.test/a.m3u8?p=12&ip=10.0.0.1&e=1780000000&h=" + md5hex, "cdn.test", "/a.m3u8", ""},
		"a page number":       {"https://cdn.test/a.m3u8?p=12", "cdn.test", "/a.m3u8", "p=12"},
		"akamai query":        {"https://cdn.test/a.m3u8?q=1&hdnts=exp=1780000000~acl=/*~hmac=" + sha256, "cdn.test", "/a.m3u8", "q=1"},
		"akamai path":         {"https://cdn.test/hdntl=exp=1780000000~acl=%2f*~hmac=" + sha256 + "/live/a.m3u8", "cdn.test", "/live/a.m3u8", ""},
		"akamai bare acl":     {"https://cdn.test/exp=1780000000~acl=/live/*~hmac=" + sha256 + "/live/a.m3u8", "cdn.test", "/live/a.m3u8", ""},
		"secure_link path":    {"https://cdn.test/p/" + md5b64 + ",1780000000/live/a.m3u8", "cdn.test", "/p/live/a.m3u8", ""},
		"secure_link pair":    {"https://cdn.test/1780000000/" + md5hex + "/live/a.m3u8", "cdn.test", "/live/a.m3u8", ""},
		"bunny path":          {"https://cdn.test/bcdn_token=" + md5b64 + "&expires=1780000000&token_path=%2Flive%2F/live/a.m3u8", "cdn.test", "/live/a.m3u8", ""},
		"google path":         {"https://cdn.test/edge-cache-token=Expires=1780000000&KeyName=k&Signature=Zm9v/live/a.m3u8", "cdn.test", "/live/a.m3u8", ""},
		"jwt path":            {"https://cdn.test/" + jwt(`{"exp":1780000000}`) + "/manifest/video.m3u8", "cdn.test", "/manifest/video.m3u8", ""},
		"alibaba B":           {"https://cdn.test/202605290140/" + md5hex + "/live/a.m3u8", "cdn.test", "/live/a.m3u8", ""},
		"googlevideo path":    {"https://g.test/hls/expire/1780000000/ei/abc/id/x.1/sig/AOq0/file/index.m3u8", "g.test", "/hls/id/x.1/file/index.m3u8", ""},
		"matrix parameter":    {"https://cdn.test/live/a.m3u8;token=0123456789abcdef", "cdn.test", "/live/a.m3u8", ""},
		"edgecast":            {"https://cdn.test/a.m3u8?ch=1&" + strings.Repeat("9f86d081", 8), "cdn.test", "/a.m3u8", "ch=1"},
		"a number is a place": {"https://cdn.test/1700000000/a.m3u8", "cdn.test", "/1700000000/a.m3u8", ""},
	} {
		t.Run(name, func(t *testing.T) {
			host, path, query, ok := Identity(tc.url)
			assert.True(t, ok)
			assert.Equal(t, [3]string{tc.host, tc.path, tc.query}, [3]string{host, path, query})
		})
	}
	for _, u := range []string{"", "a.m3u8", "/live/a.m3u8", "//cdn.test/a.m3u8", "file:///etc/passwd", "https://", "ftp://cdn.test/a", "https:///a"} {
		_, _, _, ok := Identity(u)
		assert.False(t, ok, u)
	}
}

func TestIdentityContainsNoTokenOfAnyFormat(t *testing.T) {
	for _, tc := range urlCases() {
		host, path, query, ok := Identity(tc.url)
		if !ok || tc.name == "url within a value" {
			continue
		}
		all := host + path + "?" + query
		for _, part := range []string{"1780000000", "1779990000", md5hex, md5b64, sha1, sha256, hexEnd, hexBegin, "eyJ", "20260528T", "10000"} {
			assert.NotContains(t, all, part, tc.name)
		}
	}
}

func TestTokenParametersAreRecognised(t *testing.T) {
	for _, p := range [][2]string{
		{"token", "abc"}, {"hdnts", "exp=1~hmac=2"}, {"Expires", "1780000000"}, {"Policy", "abc"}, {"Signature", "x"},
		{"Key-Pair-Id", "K"}, {"md5", md5b64}, {"h", md5hex}, {"st", md5b64}, {"e", "1780000000"}, {"txSecret", "x"}, {"txTime", hexEnd},
		{"wowzatokenhash", "x"}, {"wowzatokenendtime", "0"}, {"verify", "1779990000-abcdefghijkl"}, {"X-Amz-Signature", "x"},
		{"j", jwt(`{"exp":1}`)}, {"x", "exp=1780000000~acl=%2F*~hmac=ab"}, {strings.Repeat("9f86d081", 8), ""},
	} {
		assert.True(t, IsParam(p[0], p[1]), p)
	}
	for _, p := range [][2]string{
		{"ch", "3"}, {"id", "1700000000"}, {"e", "5"}, {"h", "720"}, {"s", "2"}, {"st", "1"}, {"quality", "1080p"}, {"t", "1700000000"},
		{"_HLS_msn", "1700000000"}, {"_HLS_part", "3"}, {"author", "me"}, {"session", "race"}, {"time", "now"}, {"p", "1"}, {"", ""}, {"a", ""},
	} {
		assert.False(t, IsParam(p[0], p[1]), p)
	}
}
