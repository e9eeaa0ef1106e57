package command

import (
	"strings"

	"golang.org/x/net/http/httpguts"

	"gridwall/backend/extract"
	"gridwall/backend/httpclient"
)

// usable keeps the headers that a CDN may ask for. Those that speak of the connection or of what the client can read
// are the proxy's own.
func usable(given map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range given {
		if name, value, ok := extract.UsableHeader(name, value); ok {
			out[name] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func hasHeader(headers map[string]string, name string) bool {
	_, ok := headers[name] // usable made the names canonical
	return ok
}

// cookieHeader is the Cookie header for address out of yt-dlp's cookies of a format: `a=1; Domain=.x.test; Path=/;
// Secure; Expires=1; b="2"; Domain=…`. A cookie of another site is left out.
func cookieHeader(cookies, address string) string {
	u, err := httpclient.Parse(address)
	if err != nil {
		return ""
	}
	var out []string
	pair, fits := "", false
	flush := func() {
		if pair != "" && fits {
			out = append(out, pair)
		}
	}
	for part := range strings.SplitSeq(cookies, ";") {
		name, value, has := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(name) {
		case "domain":
			host, domain := strings.ToLower(u.Hostname()), strings.ToLower(strings.TrimPrefix(value, "."))
			fits = fits && (host == domain || strings.HasSuffix(host, "."+domain))
		case "path":
			fits = fits && (value == "" || strings.HasPrefix(u.Path, value))
		case "secure":
			fits = fits && u.Scheme == "https"
		case "expires", "max-age", "version", "discard", "httponly", "samesite", "port", "comment":
		default:
			flush()
			pair, fits = "", false
			if value = strings.Trim(value, `"`); has && name != "" {
				pair, fits = name+"="+value, true
			}
		}
	}
	flush()
	header := strings.Join(out, "; ")
	if !httpguts.ValidHeaderFieldValue(header) {
		return ""
	}
	return header
}
