package cookies

import (
	"fmt"
	"gridwall/backend/weburl"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func at(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := weburl.Parse(raw)
	require.NoError(t, err)
	return u
}

func TestCookiesAreSentByteForByte(t *testing.T) {
	for _, pair := range []string{
		`hdntl="exp=1893456000~acl=/*\054/live~hmac=ab"`, `sess={"id":"a1","t":2}`, `a=b,c`, `a=b c`, `a="b"c"`, `a=b=c==`, `a="`, `a="x y"`,
		`gur="UDJ\054570\0541"`, `a=%7B%22x%22%3A1%7D`, `a=ä`, "a=\xe4", `a[0]=1`, `a b=1`, `a=`, `=b`, "a=b\tc", `a=(x)<y>@{z}`,
	} {
		j := New()
		j.Set(at(t, "http://cdn.example/live/w.m3u8"), []string{pair + "; Path=/; HttpOnly"})
		want := pair
		if pair == "=b" {
			want = "b"
		}
		assert.Equal(t, want, j.Header(at(t, "http://cdn.example/a.ts"), ""), pair)
	}
}

func TestCookiesFollowTheRulesOfBrowsers(t *testing.T) {
	for name, c := range map[string]struct {
		from, line, to string
		want           bool
	}{
		"host only":                      {"http://a.example/", "x=1", "http://a.example/b", true},
		"host only, a subdomain":         {"http://a.example/", "x=1", "http://b.a.example/", false},
		"other port":                     {"http://a.example:81/", "x=1", "http://a.example/", true},
		"domain":                         {"http://a.example/", "x=1; Domain=.a.example", "http://b.a.example/", true},
		"domain in capitals":             {"http://a.example/", "x=1; DOMAIN=A.Example", "http://b.a.example/", true},
		"parent domain":                  {"http://b.a.example/", "x=1; Domain=a.example", "http://c.a.example/", true},
		"foreign domain":                 {"http://b.a.example/", "x=1; Domain=c.example", "http://c.example/", false},
		"lookalike":                      {"http://xa.example/", "x=1; Domain=a.example", "http://a.example/", false},
		"public suffix":                  {"http://a.co.uk/", "x=1; Domain=co.uk", "http://b.co.uk/", false},
		"a suffix that is a host":        {"http://github.io/", "x=1; Domain=github.io", "http://github.io/", true},
		"a suffix that is a host, below": {"http://github.io/", "x=1; Domain=github.io", "http://me.github.io/", false},
		"address":                        {"http://192.0.2.1/", "x=1; Domain=192.0.2.1", "http://192.0.2.1/", true},
		"part of an address":             {"http://192.0.2.1/", "x=1; Domain=0.2.1", "http://192.0.2.1/", false},
		"name of one label":              {"http://nas/", "x=1", "http://nas:8080/", true},
		"path":                           {"http://a.example/live/w.m3u8", "x=1; Path=/live", "http://a.example/live/x/y", true},
		"path, not a prefix of names":    {"http://a.example/live/w.m3u8", "x=1; Path=/live", "http://a.example/liver", false},
		"default path":                   {"http://a.example/live/w.m3u8", "x=1", "http://a.example/other/", false},
		"default path of its folder":     {"http://a.example/live/w.m3u8", "x=1", "http://a.example/live/s.ts", true},
		"empty path":                     {"http://a.example/live/w.m3u8", "x=1; Path=", "http://a.example/other/", false},
		"secure":                         {"https://a.example/", "x=1; Secure", "https://a.example/", true},
		"secure over http":               {"https://a.example/", "x=1; Secure", "http://a.example/", false},
		"secure from http":               {"http://a.example/", "x=1; Secure", "https://a.example/", false},
		"secure on this machine":         {"http://127.0.0.1:81/", "x=1; Secure", "http://127.0.0.1:82/", true},
		"secure on localhost":            {"http://localhost/", "x=1; Secure", "http://localhost/", true},
		"__Host- with a domain":          {"https://a.example/", "__Host-x=1; Secure; Path=/; Domain=a.example", "https://a.example/", false},
		"__Host-":                        {"https://a.example/", "__Host-x=1; Secure; Path=/", "https://a.example/", true},
		"__Secure- without":              {"https://a.example/", "__Secure-x=1", "https://a.example/", false},
		"expired":                        {"http://a.example/", "x=1; Expires=Thu, 01-Jan-1970 00:00:01 GMT", "http://a.example/", false},
		"Max-Age 0":                      {"http://a.example/", "x=1; Max-Age=0; Expires=Fri, 01 Jan 2038 00:00:00 GMT", "http://a.example/", false},
		"Max-Age wins":                   {"http://a.example/", "x=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://a.example/", true},
		"a date nobody understands":      {"http://a.example/", "x=1; Expires=tomorrow", "http://a.example/", true},
		"a control character":            {"http://a.example/", "x=1\x01", "http://a.example/", false},
		"too long":                       {"http://a.example/", "x=" + strings.Repeat("y", 4096), "http://a.example/", false},
	} {
		j := New()
		j.Set(at(t, c.from), []string{c.line})
		assert.Equal(t, c.want, j.Header(at(t, c.to), "") != "", name)
	}
}

func TestDatesOfCookiesAreReadAsServersWriteThem(t *testing.T) {
	want := time.Date(2038, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, s := range []string{"Sat, 02 Jan 2038 03:04:05 GMT", "Sat, 02-Jan-2038 03:04:05 GMT", "Sat Jan  2 03:04:05 2038", "2 January 2038 3:4:5",
		"Saturday, 02-Jan-38 03:04:05 UTC", "02 Jan 2038, 03:04:05", "sat,02-jan-2038 03:04:05+0000"} {
		d, ok := cookieDate(s)
		assert.True(t, ok, s)
		assert.Equal(t, want, d, s)
	}
	for _, s := range []string{"", "0", "Sat, 32 Jan 2038 03:04:05 GMT", "Sat, 31 Feb 2038 03:04:05 GMT", "Sat, 02 Jan 2038", "25:00:00 2 Jan 2038", "2 Jan 1600 03:04:05"} {
		_, ok := cookieDate(s)
		assert.False(t, ok, s)
	}
}

func TestCookiesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, u := New(), at(t, "http://a.example/")
		j.Set(u, []string{"x=1; Max-Age=60", "y=2"})
		assert.Equal(t, "x=1; y=2", j.Header(u, ""))
		time.Sleep(61 * time.Second)
		assert.Equal(t, "y=2", j.Header(u, ""))
		j.Set(u, []string{"y=; Max-Age=-1"})
		assert.Empty(t, j.Header(u, ""))
		assert.Empty(t, j.sites)
		assert.Zero(t, j.count)
	})
}

func TestCookiesAreSentInTheOrderOfBrowsersAndReplaceTheSourcesOwn(t *testing.T) {
	j, u := New(), at(t, "http://a.example/live/w")
	j.Set(u, []string{"a=1; Path=/", "b=2; Path=/live", "c=3; Path=/"})
	j.Set(u, []string{"a=4; Path=/"})
	assert.Equal(t, "b=2; a=4; c=3", j.Header(u, ""))
	assert.Equal(t, `own={"x":1}; b=2; a=4; c=3`, j.Header(u, `own={"x":1}; a=old;`))
	assert.Equal(t, `own="x"; y`, (*Jar)(nil).Header(u, `own="x"; y`))
}

func TestAServerCannotFillTheMemoryWithCookies(t *testing.T) {
	j := New()
	for i := range 200 {
		j.Add(Cookie{Name: fmt.Sprint("given", i), Value: "1", Domain: "a.example", Path: "/"})
	}
	u := at(t, "http://a.example/")
	for i := range 300 {
		j.Set(u, []string{fmt.Sprintf("s%d=%s", i, strings.Repeat("v", 4000))})
	}
	header := j.Header(u, "")
	assert.Equal(t, 200+maxCookiesPerHost, strings.Count(header, "=")) // what the user gave stays
	assert.True(t, strings.Contains(header, "; s299="))
	assert.False(t, strings.Contains(header, "; s0="))
	for i := range 3000 {
		j.Set(at(t, fmt.Sprintf("http://h%d.evil%d.example/", i, i)), []string{"x=1"})
	}
	big := at(t, "http://big.example/")
	j.Set(big, []string{"big=" + strings.Repeat("v", maxCookie)})
	assert.Empty(t, j.Header(big, ""), "browsers drop it too")
	n := 0
	for _, list := range j.sites {
		n += len(list)
	}
	assert.Equal(t, 200+maxCookies, n)
	assert.Equal(t, maxCookies, j.count)
	// One key of the map for each site that still has a cookie, none for those that are gone.
	assert.LessOrEqual(t, len(j.sites), maxCookies+1)
}

func FuzzCookie(f *testing.F) {
	for _, s := range []string{"a=b", `hdntl="exp=1~acl=/*\054"; Path=/; Secure`, `s={"a":1,"b":"c d"}; Domain=.a.example`, "=", "a=b; Expires=Thu, 01-Jan-1970 00:00:01 GMT", "a=b; Max-Age=99999999999999999999", "__Host-a=b; Secure; Path=/", "a=b; Domain=Müller.example", "\x00=\xff"} {
		f.Add(s, "a.example", "/live/w")
		f.Add(s, "127.0.0.1", "/")
	}
	f.Fuzz(func(t *testing.T, line, host, path string) {
		u, err := weburl.Parse("http://" + host + "/" + path)
		if err != nil {
			return
		}
		j := New()
		j.Set(u, []string{line, line})
		header := j.Header(u, "")
		if len(header) > maxCookie+1 || strings.ContainsAny(header, "\r\n\x00") {
			t.Fatalf("%q gives %q", line, header)
		}
		pair, _, _ := strings.Cut(line, ";")
		name, value, has := strings.Cut(pair, "=")
		want := strings.Trim(name, " \t") + "=" + strings.Trim(value, " \t")
		if !has || strings.Trim(name, " \t") == "" {
			want = strings.TrimPrefix(strings.Trim(strings.TrimPrefix(strings.TrimLeft(pair, " \t"), "="), " \t"), "")
		}
		if header != "" && header != want {
			t.Fatalf("%q gives %q, not %q", line, header, want)
		}
	})
}
