package weburl

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What browsers make of these is what a WHATWG URL parser printed.
func TestAPlaylistLineIsReadAsABrowserReadsIt(t *testing.T) {
	const base = "http://cdn.example/live/w.m3u8?x=1"
	for ref, want := range map[string]string{
		"a.ts":                               "http://cdn.example/live/a.ts",
		"cam_2026-05-24T12:00:00.000__a.ts":  "http://cdn.example/live/cam_2026-05-24T12:00:00.000__a.ts",
		"seg-15:49.ts":                       "http://cdn.example/live/seg-15:49.ts",
		"./a:b.ts":                           "http://cdn.example/live/a:b.ts",
		"a:b:c":                              "http://cdn.example/live/a:b:c",
		"12:00/1.ts":                         "http://cdn.example/live/12:00/1.ts",
		"tel:1.ts":                           "http://cdn.example/live/tel:1.ts",
		"file:3.M4S?t=a:b":                   "http://cdn.example/live/file:3.M4S?t=a:b",
		"urn:1/2.ts":                         "http://cdn.example/live/urn:1/2.ts",
		":1.ts":                              "http://cdn.example/live/:1.ts",
		"100%.ts":                            "http://cdn.example/live/100%.ts",
		"%zz":                                "http://cdn.example/live/%zz",
		"%E4%BD%A0%zz/%2f%2F.ts":             "http://cdn.example/live/%E4%BD%A0%zz/%2f%2F.ts",
		"  a.ts \t":                          "http://cdn.example/live/a.ts",
		"Main feed.ts?title=Main feed&t=abc": "http://cdn.example/live/Main%20feed.ts?title=Main%20feed&t=abc",
		"Großer Preis.ts?n=Großer Preis":     "http://cdn.example/live/Gro%C3%9Fer%20Preis.ts?n=Gro%C3%9Fer%20Preis",
		"gro\xdf.ts?n=\xdf":                  "http://cdn.example/live/gro%DF.ts?n=%DF",
		"a|[1]{2}^.ts?a[]={1}|2^":            "http://cdn.example/live/a|[1]%7B2%7D%5E.ts?a[]={1}|2^",
		`"a".ts?q="b"<c>'d'`:                 "http://cdn.example/live/%22a%22.ts?q=%22b%22%3Cc%3E%27d%27",
		"?t=2":                               "http://cdn.example/live/w.m3u8?t=2",
		"?":                                  "http://cdn.example/live/w.m3u8?",
		"":                                   "http://cdn.example/live/w.m3u8?x=1",
		"#top":                               "http://cdn.example/live/w.m3u8?x=1",
		"a.ts#t=1?x":                         "http://cdn.example/live/a.ts",
		"/a/./b/../c.ts":                     "http://cdn.example/a/c.ts",
		"../../../c.ts":                      "http://cdn.example/c.ts",
		"x/%2e%2E/c.ts":                      "http://cdn.example/live/c.ts",
		"x/..":                               "http://cdn.example/live/",
		".":                                  "http://cdn.example/live/",
		"...":                                "http://cdn.example/live/...",
		"//other.example/a.ts":               "http://other.example/a.ts",
		`\\other.example\a.ts`:               "http://other.example/a.ts",
		`sub\a.ts?p=a\b`:                     `http://cdn.example/live/sub/a.ts?p=a\b`,
		"https://other.example:443/a.ts":     "https://other.example/a.ts",
		"HTTP://OTHER.example/A.ts":          "http://other.example/A.ts",
		`http:\\other.example\a.ts`:          "http://other.example/a.ts",
		"http:a.ts":                          "http://cdn.example/live/a.ts",
		"https:/other.example/a.ts":          "https://other.example/a.ts",
		"https:///other.example/a.ts":        "https://other.example/a.ts",
		"http://Müller.example:81/ä":         "http://xn--mller-kva.example:81/%C3%A4",
		"http://other.example":               "http://other.example/",
		"http://other.example?a=/../b":       "http://other.example/?a=/../b",
		"http://a@b:c@other.example/x":       "http://a%40b:c@other.example/x",
		"http://other.example:/x":            "http://other.example/x",
		"http://[2001:DB8::1]:8080/x":        "http://[2001:db8::1]:8080/x",
		"http://my_cdn.example/x":            "http://my_cdn.example/x",
		"a//b///c.ts":                        "http://cdn.example/live/a//b///c.ts",
		"a\nb.ts":                            "http://cdn.example/live/ab.ts",
		"QualityLevels(400000)/Manifest(video,format=m3u8-aapl)":    "http://cdn.example/live/QualityLevels(400000)/Manifest(video,format=m3u8-aapl)",
		"seg.ts?hdnts=st=1~exp=2~acl=/*!/live/*~hmac=ab%2B/+==&&;x": "http://cdn.example/live/seg.ts?hdnts=st=1~exp=2~acl=/*!/live/*~hmac=ab%2B/+==&&;x",
		"p;jsessionid=1/a.ts": "http://cdn.example/live/p;jsessionid=1/a.ts",
	} {
		b, err := url.Parse(base)
		require.NoError(t, err)
		u, err := Resolve(b, ref)
		if assert.NoError(t, err, ref) {
			assert.Equal(t, want, Text(u), ref)
		}
	}
}

func TestInvalidAddressesAreOneClearErrorWithoutTheToken(t *testing.T) {
	base, _ := url.Parse("http://cdn.example/live/w.m3u8")
	for ref, want := range map[string]string{
		"http://h:99999/?token=SECRET":            "its port is out of range (0 to 65535)",
		"http://h:8o80/?token=SECRET":             "its port is not a number",
		"http://?token=SECRET":                    "it has no host",
		"http://a b/?token=SECRET":                "its host is not a name",
		"http://[::1/?token=SECRET":               "its host is not",
		"http://[::g]/?token=SECRET":              "its host is not an IPv6 address",
		"http://h%00/?token=SECRET":               "its host is not a name",
		"ftp://h/?token=SECRET":                   "only http and https",
		"rtmp://h/?token=SECRET":                  "only http and https",
		"file:///etc/passwd":                      "only http and https",
		"data:text/plain,SECRET":                  "only http and https",
		"skd://key":                               "only http and https",
		"skd:key":                                 "only http and https",
		"javascript:alert(1)":                     "only http and https",
		"data:3.ts?t=SECRET":                      "only http and https",
		"file:/3.ts?t=SECRET":                     "only http and https",
		"mailto:a@b.example":                      "only http and https",
		"a.ts?" + strings.Repeat("x", maxAddress): "longer than 1024 KiB",
	} {
		_, err := Resolve(base, ref)
		require.ErrorContains(t, err, want, ref)
		assert.NotContains(t, err.Error(), "SECRET")
	}
	_, err := Parse("w.m3u8")
	require.ErrorContains(t, err, "neither http:// nor https://")
	_, err = Parse("seg-15:49.ts")
	require.ErrorIs(t, err, ErrAddress)
}

func TestParsingAnAddressTakesLinearTime(t *testing.T) {
	for _, piece := range []string{"@", "../", "%", "é", "a/", ":", "/..", `\`, "%2e/", "a.", "/", "[", "?", "&"} {
		for _, front := range []string{"", "http://", "http://h/", "http://h/?"} {
			cost := func(n int) float64 {
				base, _ := url.Parse("http://cdn.example/x")
				text := front + strings.Repeat(piece, n)
				return testing.AllocsPerRun(2, func() { _, _ = Resolve(base, text) })
			}
			assert.LessOrEqual(t, cost(4096), cost(64)+40, "%s%s…: the number of allocations must not grow with the length", front, piece)
		}
	}
}

func TestTextAndParseRoundTrip(t *testing.T) {
	for _, raw := range []string{"http://h/100%.ts?a b", "https://u:p%zz@h:81//a|b%zz", "http://h/%2F%zz/?", "http://h/%25.ts"} {
		u, err := Parse(raw)
		require.NoError(t, err)
		again, err := Parse(Text(u))
		require.NoError(t, err)
		assert.Equal(t, u, again)
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"", "a:b.ts", "100%.ts", "http:\\\\h\\p", "//h:1/é?ü'#x", "http://u:p@[::1%25e]:0x/..", "..//.%2e/%2E", "?a b", "https:h", "http://１２７.0.0.1", "cam_2026-05-24T12:00:00.000__a.ts", "\x00\x7f\xff"} {
		f.Add("http://cdn.example/live/w.m3u8?x=1", s)
		f.Add("https://u@cdn.example:8443/a%zz/b|c", s)
	}
	f.Fuzz(func(t *testing.T, base, ref string) {
		b, err := Parse(base)
		if err != nil {
			return
		}
		u, err := Resolve(b, ref)
		if err != nil {
			return
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
			t.Fatalf("%q on %q is %#v", ref, base, u)
		}
		text := Text(u)
		for i := 0; i < len(text); i++ {
			if text[i] <= ' ' || text[i] >= 0x7f {
				t.Fatalf("%q holds a byte that may not stand in a request line", text)
			}
		}
		again, err := Parse(text)
		if err != nil || Text(again) != text {
			t.Fatalf("%q is read again as %q, %v", text, Text(again), err)
		}
		// Whatever net/url can read is no other host than the one we judge and send to.
		if std, err := url.Parse(text); err == nil && std.Hostname() != u.Hostname() {
			t.Fatalf("%q: host %q, and net/url says %q", text, u.Hostname(), std.Hostname())
		}
	})
}
