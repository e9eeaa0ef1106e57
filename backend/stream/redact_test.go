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
		"a segment":        {"https://cdn.test/live/world/1080p/1234.ts", "https://cdn.test/live/world/1080p/1234.ts"},
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

// What stands in the way of a permission, in whatever form a URL comes, and what must still be told.
func TestURLsOfEveryFormAreRedacted(t *testing.T) {
	const md5 = "5f4dcc3b5aa765d61d8327deb882cf99"
	for in, want := range map[string]string{
		"https://cdn.test/" + md5 + "/1700000000/a.m3u8":                          "https://cdn.test/…/a.m3u8",
		"https://cdn.test/1700000000/" + md5 + "/a.m3u8":                          "https://cdn.test/…/a.m3u8",
		"https://cdn.test/202605290140/" + md5 + "/live/a.m3u8":                   "https://cdn.test/…/live/a.m3u8",
		"https://cdn.test/" + md5 + "/6a17a000/live/a.m3u8":                       "https://cdn.test/…/live/a.m3u8",
		"https://g.test/expire/1700000000/ei/abc/id/x.1/sig/AOq0/file/index.m3u8": "https://g.test/…/id/x.1/…/file/index.m3u8",
		"https://cdn.test/live/w.m3u8;jsessionid=0A1B2C3D4E5F":                    "https://cdn.test/live/w.m3u8;…",
		"http://tv.test/live/user/pass/123.ts":                                    "http://tv.test/live/…/…/123.ts",
		"http://tv.test:8080/live/alice/x7Kq93b/world.m3u8":                       "http://tv.test:8080/live/…/…/world.m3u8",
		"http://tv.test/user/pass/world.m3u8":                                     "http://tv.test/…/…/world.m3u8",
		"http://tv.test/alice88x/9912773/4711":                                    "http://tv.test/…/…/4711",
		"http://me:p%zz@cdn.test/a.m3u8?x=1":                                      "http://cdn.test/a.m3u8?…",
		"http://me:p/w@cdn.test/a.m3u8":                                           "http://cdn.test/a.m3u8",
		"http://me:p?w#x@cdn.test/a.m3u8":                                         "http://cdn.test/a.m3u8",
		"http://me:p@w@cdn.test/a.m3u8":                                           "http://cdn.test/a.m3u8",
		"http://me:p w@cdn.test/a b.m3u8":                                         "http://cdn.test/a b.m3u8",
		"rtmp://me:pw@cdn.test/app/world":                                         "rtmp://cdn.test/app/world",
		"socks5://me:pw@127.0.0.1:1080":                                           "socks5://127.0.0.1:1080",
		"socks5h://me:pw@[::1]:1080/":                                             "socks5h://[::1]:1080/",
		"//me:pw@cdn.test/a.m3u8":                                                 "//cdn.test/a.m3u8",
		"https://cdn.test/live/Zk9abQwErTyUiOpAsDfG7/a.m3u8":                      "https://cdn.test/live/…/a.m3u8",
		"https://cdn.test/live/0f8fad5b-d9cb-469f-a165-70867728950e/a.m3u8":       "https://cdn.test/live/…/a.m3u8",
		"https://cdn.test/live/9e107d9d372bb6826bd8.ts":                           "https://cdn.test/live/….ts",
		"https://proxy.test/https://me:pw@cdn.test/a.m3u8?t=1":                    "https://proxy.test/https://cdn.test/a.m3u8?…",
		"https://proxy.test/https%3A%2F%2Fme%3Apw%40cdn.test%2Fa%3Ft%3D1/x":       "https://proxy.test/…/x",
		"https://proxy.test/p?url=https%3A%2F%2Fcdn.test%2Fa%3Ftoken%3Dabc":       "https://proxy.test/p?…",
		"https://cdn.test/a.m3u8|Cookie=sid%3Dabc&User-Agent=x":                   "https://cdn.test/a.m3u8|…",
		"https://cdn.test/live/0123456789abcdef0123/a.m3u8":                       "https://cdn.test/live/…/a.m3u8",
		"mailto:me@site.test":                                                     "mailto:…",
		"cdn.test:8080/live/a.m3u8?t=1":                                           "cdn.test:8080/live/a.m3u8?…",
		"/live/a.m3u8?token=abc":                                                  "/live/a.m3u8?…",
		"":                                                                        "",
	} {
		assert.Equal(t, want, RedactURL(in))
		assert.Equal(t, want, RedactURL(want), "redacting twice is the same as once")
	}
}

func TestTextWithoutSecretsStaysReadable(t *testing.T) {
	for _, u := range []string{
		"https://cdn.test/live/world/1080p/1234.ts",
		"https://cdn.test/live/world/main/1234.ts",
		"https://cdn.test/live/onboard44/720p60/seg-000123456.ts",
		"https://cdn.test/world/1080p/1234.ts",
		"https://cdn.test/hls/onboard-44/v3/17.m4s",
		"https://cdn.test/live/onboard44/cam2/world.m3u8",
		"https://cdn.test/2026/05/29/formula1-grand-prix-of-northmoor-race-1080p/index.m3u8",
		"https://cdn.test/live/WorldFeedOnboardCameraPitLane/index.m3u8",
		"https://cdn.test/live/media-ul3x8k2_b1500000_4711.ts",
		"https://cdn.test/event.isml/QualityLevels(400000)/Manifest(video,format=m3u8-aapl)",
		"https://cdn.test/live/cam_2026-05-24T12:00:00.000__a.ts",
		"https://cdn.test:8443/hls2/01/x_,n,h,.urlset/master.m3u8",
		"https://cdn.test/live/Gro%C3%9Fer%20Preis/index.m3u8",
		"https://cdn.test/@club/live/index.m3u8",
		"file:///home/fan/lists/motor.m3u",
		"https://[2001:db8::1]:8443/a.m3u8",
	} {
		assert.Equal(t, u, RedactURL(u))
		text := "Get \"" + u + "\": refused"
		assert.Equal(t, text, RedactText(text))
	}
	for _, text := range []string{
		"sources/club.toml:7:1: unknown key \"urls\"", "answered 403 Forbidden", "did it work?", "100% of 3/4", "a=b", "server.token: at least 16 characters",
		"C:\\Users\\fan\\list.m3u cannot be read", "quality=1080p", "the header Cookie is not sent on", "2026-05-29T20:26:40Z",
	} {
		assert.Equal(t, text, RedactText(text))
	}
}

func TestTextsNeverShowASecret(t *testing.T) {
	const secret = "s3cr3t0123456789abcdef"
	for in, want := range map[string]string{
		`parse "http://me:p%zz` + secret + `@cdn.test/a": invalid URL escape "%zz"`:            `parse "http://cdn.test/a": invalid URL escape "%zz"`,
		`proxyconnect: dial socks5://me:` + secret + `@proxy.test:1080: refused`:               `proxyconnect: dial socks5://proxy.test:1080: refused`,
		`rtmp://me:` + secret + `@cdn.test/app and RTMPS://me:` + secret + `@b.test/x`:         `rtmp://cdn.test/app and RTMPS://b.test/x`,
		`tried https://a.test/x?t=` + secret + `, (https://b.test/y?t=` + secret + `) and <c>`: `tried https://a.test/x?…, (https://b.test/y?…) and <c>`,
		`{"url":"https:\/\/me:` + secret + `@cdn.test\/a?t=` + secret + `","n":1}`:             `{"url":"https://cdn.test/a?…","n":1}`,
		`url=https%3A%2F%2Fme%3A` + secret + `%40cdn.test%2Fa%3Ft%3D` + secret:                 `url=https://cdn.test/a?…`,
		`https%253A%252F%252Fcdn.test%252Fa%253Ft%253D` + secret + ` is bad`:                   `https://cdn.test/a?… is bad`,
		`GET https://cdn.test/a?event=Grand Prix&token=` + secret + ` gave 400`:                `GET https://cdn.test/a?… Prix&token=… gave 400`,
		`no such file: /live/a.m3u8?token=` + secret:                                           `no such file: /live/a.m3u8?…`,
		`Cookie: hdntl=exp=1700000000~acl=/*~hmac=` + secret + `; ch=3`:                        `Cookie: …`,
		`[https://cdn.test/a?t=` + secret + `]`:                                                `[https://cdn.test/a?…]`,
		`'https://cdn.test/live/user/` + secret + `/7.ts'`:                                     `'https://cdn.test/live/…/…/7.ts'`,
	} {
		got := RedactText(in)
		assert.NotContains(t, got, secret)
		assert.Equal(t, want, got)
		assert.Equal(t, got, RedactText(got), "redacting twice is the same as once")
	}
}

// What libraries, programs and servers print of a request, beside its URL.
func TestErrorsOfLibrariesShowNoSecret(t *testing.T) {
	const secret = "s3cr3t0123456789abcdef"
	const webToken = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3ODAwMDAwMDB9." + secret
	for in, want := range map[string]string{
		`map[Cookie:[sid=` + secret + `] Referer:[https://a.test/?k=` + secret + `]]`:       `map[Cookie:…`,
		`{"Cookie":"sid=` + secret + `","Authorization":"Bearer ` + secret + `"}`:           `{"Cookie":"…","Authorization":"…"}`,
		`curl -u me:` + secret + ` https://cdn.test/a`:                                      `curl -u me:… https://cdn.test/a`,
		`--password ` + secret + ` --add-header "X-Token:` + secret + `"`:                   `--password … --add-header "X-Token:…"`,
		`Command-line config: ['--video-password', '` + secret + `', '-q']`:                 `Command-line config: ['--video-password', '…', '-q']`,
		`bearer=` + secret + `, Bearer: ` + secret:                                          `bearer=…, Bearer: …`,
		`access_token: ` + secret + ` was refused`:                                          `access_token: … was refused`,
		`the token ` + secret + ` was refused`:                                              `the token … was refused`,
		`apikey: ` + secret + `, X-Session: ` + secret:                                      `apikey: …, X-Session: …`,
		`sessionid: ` + secret + `; passwd: ` + secret:                                      `sessionid: …; passwd: …`,
		`pwd=` + secret + ` pass=` + secret:                                                 `pwd=… pass=…`,
		`invalid token "` + webToken + `"`:                                                  `invalid token "…"`,
		`/live/exp=1780000000~acl=/*~hmac=` + secret + `/a.m3u8: not found`:                 `/live/…/a.m3u8: not found`,
		`open /9e107d9d372bb6826bd81d3542a419d6/1780000000/a.m3u8: no such file`:            `open /…/a.m3u8: no such file`,
		`url=a.m3u8%3Ftoken%3D` + secret + `%26x`:                                           `url=…`,
		`http://tv.test:8080/john/smith/12345`:                                              `http://tv.test:8080/…/…/12345`,
		`http://tv.test:8080/hlsr/` + secret + `/john/` + secret + `/12345/abc/1.ts`:        `http://tv.test:8080/hlsr/…/…/…/12345/abc/1.ts`,
		`https://cdn.test/token:9e107d9d372bb6826bd81d3542a419d6,exp:1780000000/a.m3u8`:     `https://cdn.test/…/a.m3u8`,
		`https://cdn.test/sec2(` + secret + `)/video/a.m3u8`:                                `https://cdn.test/…/video/a.m3u8`,
		`https://cdn.test/1780000000-0x2fd4e1c67a2d28fced849ee1bb76e7391b93eb12/a/w.m3u8`:   `https://cdn.test/…/a/w.m3u8`,
		`Get "https://cdn.test/a?x=1": dial: proxy http://me:` + secret + `@p.test refused`: `Get "https://cdn.test/a?…": dial: proxy http://p.test refused`,
	} {
		got := RedactText(in)
		assert.NotContains(t, got, secret)
		assert.Equal(t, want, got)
		assert.Equal(t, got, RedactText(got), "redacting twice is the same as once")
	}
	for _, text := range []string{
		"the token was refused 12 times", "token: at least 16 characters", "session 3 of 7", "a password is missing", "Bearer token expected", "user: me",
		"use --password=… or --token=…", "/home/fan/.config/gridwall/sources/club-2026-northmoor.toml:7:1: unknown key", "/usr/lib/x86_64-linux-gnu/libwebkit2gtk-4.1.so.0",
		"gridwall serve --listen 127.0.0.1:8787 -u nobody", "signature algorithms: rsa, ed25519",
	} {
		assert.Equal(t, text, RedactText(text))
	}
}
