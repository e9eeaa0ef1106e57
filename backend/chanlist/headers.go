package chanlist

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"gridwall/backend/httpclient"
)

// MaxHeaders bounds the headers of one stream; those in the head of a list apply to every entry.
const MaxHeaders = 64

// HeaderSet maps names of headers to values. Of two headers with the same name, the later one wins.
type HeaderSet map[string]string

// AddSuffix adds the headers after an address and a bar: pairs as for AddEncoded, separated by bars, NAME: VALUE, or a JSON
// object; text without a name is a User-Agent.
func (h HeaderSet) AddSuffix(suffix string) {
	if object := strings.TrimSpace(suffix); strings.HasPrefix(object, "{") {
		fields := map[string]any{}
		if json.Unmarshal([]byte(object), &fields) == nil {
			for _, name := range slices.Sorted(maps.Keys(fields)) {
				if value, ok := fields[name].(string); ok {
					h.Set(name, value)
				}
			}
			return
		}
	}
	_, given := h["User-Agent"]
	pairs, from := "", 0 // pairs begin at from; they may continue after the next bar
	flush := func() {
		h.AddEncoded(pairs)
		pairs = ""
	}
	for begin := 0; begin <= len(suffix); {
		end := len(suffix)
		if n := strings.IndexByte(suffix[begin:], '|'); n >= 0 {
			end = begin + n
		}
		part := strings.TrimSpace(suffix[begin:end])
		name, _, pair := strings.Cut(part, "=")
		switch {
		case part == "":
		case isColonPair(part):
			flush()
			name, value, _ := strings.Cut(part, ":")
			h.setEncoded(name, value)
			given = given || HeaderNamed([]byte(name)) == "User-Agent"
		case pair && isHeaderName(name):
			flush()
			pairs, from = part, begin
			given = given || HeaderNamed([]byte(name)) == "User-Agent"
		case pairs == "" && !given, !given && agent.MatchString(part):
			flush()
			given = true
			h.setEncoded("User-Agent", part)
		case pairs != "":
			// The bar belongs to a value: User-Agent=Box (X|Y).
			pairs = strings.TrimSpace(suffix[from:end])
		}
		begin = end + 1
	}
	flush()
}

// AddEncoded adds NAME=VALUE&NAME=VALUE. Kodi demands percent-encoded values, but in many lists they are not encoded: a value
// that cannot be decoded is used unchanged. A '&' without a header's name after it belongs to the value. The time is linear in
// the length of the text.
func (h HeaderSet) AddEncoded(text string) {
	name, from, at := "", 0, 0
	for at <= len(text) {
		end := len(text)
		if n := strings.IndexByte(text[at:], '&'); n >= 0 {
			end = at + n
		}
		written, _, ok := strings.Cut(text[at:end], "=")
		n := strings.TrimSpace(written)
		if ok && (n == written || HeaderNamed([]byte(n)) != "") && isHeaderName(n) && (name == "" || endsValue(text[from:at], n)) {
			h.setEncoded(name, strings.TrimSuffix(text[from:max(from, at)], "&"))
			name, from = n, at+len(written)+1
		}
		at = end + 1
	}
	h.setEncoded(name, text[from:])
}

// endsValue reports whether a header of that name ends the value before it, which may be an address with parameters:
// Referer=https://site.test/?a=1&b=2&User-Agent=x.
func endsValue(value, name string) bool {
	question := strings.IndexByte(value, '?')
	if question < 0 || !strings.Contains(value[:question], "://") {
		return true
	}
	return HeaderNamed([]byte(name)) != "" || strings.ContainsAny(name, "-!") || switches[strings.ToLower(name)] || name == "Authorization"
}

// isColonPair reports whether text is NAME: VALUE with the name of a known header.
func isColonPair[T string | []byte](text T) bool {
	name, _, ok := strings.Cut(string(text[:min(len(text), longestAlias+1)]), ":")
	return ok && HeaderNamed([]byte(name)) != ""
}

// isHeaderName reports whether a name before '=' may be that of a header, or of one of Kodi's options.
func isHeaderName(name string) bool { return httpguts.ValidHeaderFieldName(name) }

// setEncoded sets a header whose value is percent-encoded, once, and perhaps quoted.
func (h HeaderSet) setEncoded(name, value string) {
	if name == "" {
		return
	}
	value = trimQuotes(strings.TrimSpace(value))
	// PathUnescape, because a '+' in a User-Agent is a plus.
	if plain, err := url.PathUnescape(value); err == nil {
		value = plain
	}
	h.Set(name, value)
}

// switches are options of Kodi and other players that are written among the headers. They are not sent.
var switches = map[string]bool{
	"verifypeer": true, "seekable": true, "failonerror": true, "noshout": true, "postdata": true, "customrequest": true,
	"acceptencoding": true, "encoding": true, "auth": true, "active-remote": true, "connection-timeout": true,
	"redirect-limit": true, "sslcipherlist": true, "httpproxy": true, "http-proxy": true, "http-reconnect": true,
	"drmscheme": true, "drmlicense": true, "drmkeyid": true, "license": true, "license_key": true, "license_type": true,
	"manifest_type": true, "mimetype": true, "timeout": true, "reconnect": true, "inputstream": true,
}

// aliases maps the names that lists use to headers.
var aliases = map[string]string{
	"user-agent": "User-Agent", "useragent": "User-Agent", "user_agent": "User-Agent", "http-user-agent": "User-Agent",
	"http_user_agent": "User-Agent", "tvg-user-agent": "User-Agent",
	"referer": "Referer", "referrer": "Referer", "http-referer": "Referer", "http-referrer": "Referer", "http_referer": "Referer",
	"http_referrer": "Referer", "tvg-referer": "Referer", "tvg-referrer": "Referer",
	"origin": "Origin", "http-origin": "Origin", "http_origin": "Origin",
	"cookie": "Cookie", "cookies": "Cookie", "http-cookie": "Cookie", "http-cookies": "Cookie", "http_cookie": "Cookie",
}

// longestAlias is the length of the longest name in aliases.
const longestAlias = len("http_user_agent")

// HeaderNamed returns the canonical name of the header that an attribute or option sets, "" if it sets none.
func HeaderNamed(name []byte) string {
	if len(name) > longestAlias || len(name) < len("origin") {
		return ""
	}
	var folded [longestAlias]byte
	for n := range name {
		folded[n] = LowerASCII(name[n])
	}
	return aliases[string(folded[:len(name)])]
}

// Set sets a header. It ignores headers that a list must not set (see UsableHeader), options of players, and the hidden headers
// that Kodi marks with '!'.
func (h HeaderSet) Set(name, value string) {
	name = strings.TrimSpace(name)
	if switches[strings.ToLower(name)] || strings.HasPrefix(name, "!") {
		return
	}
	if header := HeaderNamed([]byte(name)); header != "" {
		name = header
	}
	if name, value, ok := UsableHeader(name, trimQuotes(strings.Trim(value, " \t"))); ok {
		if _, given := h[name]; given || len(h) < MaxHeaders {
			h[name] = value
		}
	}
}

// trimQuotes removes the quotes around a value.
func trimQuotes(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// LowerASCII returns an ASCII letter in lower case, and any other byte unchanged.
func LowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// ownHeaders are headers that the proxy sets itself, in addition to those of httpclient.
var ownHeaders = map[string]bool{
	"Accept": true, "Sec-Fetch-Mode": true, "Sec-Fetch-Dest": true, "Sec-Fetch-Site": true, "Sec-Fetch-User": true,
	"Upgrade-Insecure-Requests": true,
}

// UsableHeader returns the canonical name and the trimmed value of a header that a list, an API or a tool wants to be sent to the
// CDN. ok is false if it cannot be sent, or if they must not set it.
func UsableHeader(name, value string) (canonical, trimmed string, ok bool) {
	canonical, trimmed = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.Trim(value, " \t")
	if trimmed == "" || ownHeaders[canonical] || !httpclient.Sendable(canonical, trimmed) {
		return "", "", false
	}
	return canonical, trimmed, true
}
