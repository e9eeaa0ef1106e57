package weburl

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
)

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
