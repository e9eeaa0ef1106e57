package httpclient

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAServerThatAsksForPatienceIsGivenIt(t *testing.T) {
	now := time.Date(2030, 5, 24, 13, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, " 120 ": 2 * time.Minute, "007": 7 * time.Second,
		"Fri, 24 May 2030 13:00:30 GMT":  30 * time.Second,
		"Friday, 24-May-30 13:00:30 GMT": 30 * time.Second,
		"Fri May 24 13:00:30 2030":       30 * time.Second,
		"Fri, 24 May 2030 12:00:00 GMT":  0,
		"Fri, 24 May 2099 12:00:00 GMT":  maxRetryAfter,
		"99999999999999999999999999":     maxRetryAfter,
		"1m":                             -1, "-5": -1, "1.5": -1, "soon": -1, "": -1, "5s": -1, "1e3": -1, "+5": -1, "5, 6": -1, "٣": -1,
	} {
		d, ok := RetryAfter(http.Header{"Retry-After": {value}}, now)
		if want < 0 {
			assert.False(t, ok, value)
			assert.Zero(t, d, value)
			continue
		}
		assert.True(t, ok, value)
		assert.Equal(t, want, d, value)
	}
	// A server whose clock is an hour late means its own time.
	d, ok := RetryAfter(http.Header{"Retry-After": {"Fri, 24 May 2030 12:00:05 GMT"}, "Date": {"Fri, 24 May 2030 12:00:00 GMT"}}, now)
	assert.True(t, ok)
	assert.Equal(t, 5*time.Second, d)
}

func TestAHeaderThatWouldBreakPlaybackIsNeverSent(t *testing.T) {
	for _, name := range []string{"Accept-Encoding", "accept-encoding", "Range", "If-None-Match", "if-modified-since", "If-Range", "If-Match",
		"Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Host", "HOST", "Proxy-Authorization",
		"proxy-connection", "Expect", "!Host", "!sec-ch-ua", ":authority", ":path", "", "a b", "a:b", "ä", "a\n"} {
		assert.False(t, Sendable(name, "x"), name)
	}
	assert.False(t, Sendable("X-A", "a\r\nB: c"))
	assert.False(t, Sendable("X-A", "a\x00"))
	for _, name := range []string{"User-Agent", "Referer", "Origin", "Cookie", "Authorization", "X-Api-Key", "Accept", "Accept-Language", "sec-ch-ua", "x_y"} {
		assert.True(t, Sendable(name, `a="b\c"; {"d":1} ä`), name)
	}
	assert.Equal(t, map[string]string{"User-Agent": "Box/1.0", "X-Key": "k"},
		Filter(map[string]string{"user-agent": " Box/1.0 ", "Range": "bytes=0-", "x-key": "k", "Referer": " ", "Host": "x"}))
	assert.Nil(t, Filter(map[string]string{"Host": "x"}))
}

func TestSecretsStayInTheRegistrableDomainTheyWereGivenFor(t *testing.T) {
	for _, c := range []struct {
		home, target string
		hosts        []string
		want         bool
	}{
		{"https://cdn.club.example/w.m3u8", "https://cdn.club.example:8443/a.ts", nil, true},
		{"https://cdn.club.example/w.m3u8", "http://img.club.example/a.ts", nil, true},
		{"https://cdn.club.example/w.m3u8", "https://club.example./a.ts", nil, true},
		{"https://cdn.club.example/w.m3u8", "https://CDN.Club.Example/a.ts", nil, true},
		{"https://cdn.club.example/w.m3u8", "https://notclub.example/a.ts", nil, false},
		{"https://cdn.club.example/w.m3u8", "https://club.example.evil.test/a.ts", nil, false},
		{"https://a.co.uk/w.m3u8", "https://b.co.uk/a.ts", nil, false},
		{"https://x.a.co.uk/w.m3u8", "https://y.a.co.uk/a.ts", nil, true},
		{"https://me.github.io/w.m3u8", "https://you.github.io/a.ts", nil, false},
		{"https://d1.cloudfront.net/w.m3u8", "https://d2.cloudfront.net/a.ts", nil, false},
		{"http://192.0.2.7/w.m3u8", "http://192.0.2.7:81/a.ts", nil, true},
		{"http://192.0.2.7/w.m3u8", "http://192.0.2.8/a.ts", nil, false},
		{"http://192.0.2.7/w.m3u8", "http://x.192.0.2.7/a.ts", nil, false},
		{"http://[2001:db8::1]/w.m3u8", "http://[2001:DB8:0::1]:8080/a.ts", nil, true},
		{"http://[2001:db8::1]/w.m3u8", "http://[2001:db8::2]/a.ts", nil, false},
		{"http://nas/w.m3u8", "http://nas:8080/a.ts", nil, true},
		{"http://nas/w.m3u8", "http://tv/a.ts", nil, false},
		{"http://localhost/w.m3u8", "http://127.0.0.1/a.ts", nil, false},
		{"https://club.example/", "https://a.cdn.other.net/a.ts", []string{"cdn.other.net"}, true},
		{"https://club.example/", "https://cdn.other.net/a.ts", []string{"*.cdn.other.net"}, true},
		{"https://club.example/", "https://img.other.net/a.ts", []string{"cdn.other.net"}, false},
		{"https://club.example/", "https://xcdn.other.net/a.ts", []string{"cdn.other.net"}, false},
		{"https://club.example/", "https://club.example/a.ts", []string{"cdn.other.net"}, true},
		{"https://club.example/", "http://192.0.2.9/a.ts", []string{"192.0.2.9"}, true},
		{"https://club.example/", "http://1.192.0.2.9/a.ts", []string{"192.0.2.9"}, false},
		{"https://club.example/", "https://xn--mller-kva.example/a.ts", []string{"Müller.example"}, true},
	} {
		home, err := url.Parse(c.home)
		assert.NoError(t, err)
		target, err := url.Parse(c.target)
		assert.NoError(t, err)
		assert.Equal(t, c.want, NewScope(home, c.hosts).Covers(target), "%s from %s with %v", c.target, c.home, c.hosts)
	}
	u, _ := url.Parse("https://club.example/")
	assert.False(t, Scope{}.Covers(u))
	assert.False(t, SameSite(&url.URL{}, &url.URL{}))
}
