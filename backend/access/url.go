package access

import (
	"net/url"
	"strings"

	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// MaxURL limits a URL that a client sends, in bytes; no CDN's token is longer.
const MaxURL = 16 << 10

// CheckURL returns an error for anything but an http or https URL.
func CheckURL(rawURL string) error {
	if len(rawURL) > MaxURL {
		return stream.Errorf(stream.ErrInvalid, "the URL is longer than %d bytes", MaxURL)
	}
	if _, err := weburl.Parse(rawURL); err == nil {
		return nil
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return stream.Errorf(stream.ErrInvalid, "invalid URL; write it like https://example.org/live.m3u8")
	}
	if s := strings.ToLower(u.Scheme); s != "http" && s != "https" {
		return stream.Errorf(stream.ErrInvalid, "only http and https URLs are supported; this one begins with %q", u.Scheme+":")
	}
	if u.Host == "" {
		return stream.Errorf(stream.ErrInvalid, "the URL has no host")
	}
	return nil
}
