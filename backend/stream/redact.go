package stream

import (
	"net/url"
	"regexp"
	"strings"
)

// tokenElement finds path elements that are a permission rather than a place: Akamai's exp=…~acl=…, Bunny's
// bcdn_token=…, Google's edge-cache-token=…, a JSON web token, nginx's <md5>,<unix>.
var tokenElement = regexp.MustCompile(`(?i)^(?:[^/]*(?:exp=|hmac=|token=|sign=|signature=)[^/]*|eyJ[\w-]+\.[\w-]+\.[\w-]*|[\w-]{16,},\d{9,11})$`)

// urlInText finds absolute http(s) URLs in prose.
var urlInText = regexp.MustCompile(`(?i)https?://[^\s"'<>\x60]+`)

// providerPath finds the paths of IPTV providers' streams (Xtream Codes), which hold a user's name and password:
// /live/USER/PASSWORD/123.m3u8, /USER/PASSWORD/123, /timeshift/USER/PASSWORD/60/2026-11-24:04-00/123.ts.
var providerPath = regexp.MustCompile(`^(/(?:live|movie|series|timeshift|hls|hlsr|streaming/timeshift)/|/)([^/]+/[^/]+)/((?:[0-9]+/[0-9:_-]+/)?[0-9]+(?:\.(?:ts|m3u8|mp4|mkv))?)$`)

// RedactURL returns rawURL without what could be a permission: user info, query, fragment, path elements that
// are tokens, and the names and passwords in the paths of IPTV providers. What is left tells host and path, which is what a log or an error needs. A string that is no URL
// loses everything from its first '?'.
func RedactURL(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		if i := strings.IndexByte(rawURL, '?'); i >= 0 {
			return rawURL[:i] + "?…"
		}
		return rawURL
	}
	query := u.RawQuery != ""
	host := u.Host
	els := strings.Split(u.EscapedPath(), "/")
	for i, el := range els {
		plain, err := url.PathUnescape(el)
		if err != nil {
			plain = el
		}
		if tokenElement.MatchString(plain) {
			els[i] = "…"
		}
	}
	s := providerPath.ReplaceAllString(strings.Join(els, "/"), "$1…/…/$3")
	switch {
	case u.Opaque != "":
		return u.Scheme + ":…"
	case u.Scheme != "" && (host != "" || u.Scheme == "file"):
		s = u.Scheme + "://" + host + s
	case host != "":
		s = "//" + host + s
	}
	if query {
		s += "?…"
	}
	return s
}

// RedactText redacts every URL that stands in text.
func RedactText(text string) string {
	return urlInText.ReplaceAllStringFunc(text, func(s string) string {
		tail := strings.TrimRight(s, ".,;:)]}")
		return RedactURL(tail) + s[len(tail):]
	})
}
