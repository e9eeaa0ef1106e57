package command

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"gridwall/backend/chanlist"
	"gridwall/backend/weburl"
)

// usableHeaders returns the headers that a CDN may require, with canonical names. It drops those about the connection or
// about what the client can decode, which the proxy sets.
func usableHeaders(given map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name, value, ok := chanlist.UsableHeader(name, given[name]); ok && len(out) < chanlist.MaxHeaders {
			out[name] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func hasHeader(headers map[string]string, name string) bool {
	_, ok := headers[name] // the names are canonical
	return ok
}

// cookieHeader returns the Cookie header for address from yt-dlp's cookies of a format: `a=1; Domain=.x.test; Path=/;
// Secure; Expires=1; b="2"; Domain=…`. Cookies of other sites are omitted.
func cookieHeader(cookies, address string) string {
	u, err := weburl.Parse(address)
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
			if value = unquoteCookie(value); has && name != "" && httpguts.ValidHeaderFieldValue(value) {
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

// unquoteCookie removes the quoting that Python applies to a cookie's value: \ooo is a byte in octal, \x is x.
func unquoteCookie(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	value = value[1 : len(value)-1]
	var out strings.Builder
	for n := 0; n < len(value); n++ {
		if value[n] == '\\' && n+1 < len(value) {
			n++
			if n+3 <= len(value) {
				if c, err := strconv.ParseUint(value[n:n+3], 8, 8); err == nil {
					out.WriteByte(byte(c))
					n += 2
					continue
				}
			}
		}
		out.WriteByte(value[n])
	}
	return out.String()
}
