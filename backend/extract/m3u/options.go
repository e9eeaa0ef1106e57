package m3u

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"gridwall/backend/extract"
)

// maxOptions bounds the text of one entry's options, in bytes; what comes after is left out.
const maxOptions = 64 << 10

// attributeLine begins a line of options that was an attribute of #EXTINF or #EXTM3U.
const attributeLine = "="

// options collects the lines that give an entry's headers. Lists repeat the same ones for thousands of entries: so
// they are kept as text, and entries in a row with the same text share one map.
type options struct {
	// list is the text of the list's head: it holds for all entries that say nothing else.
	list    []byte
	raw     []byte
	lastKey string
	last    map[string]string
}

func (o *options) reset() { o.raw = o.raw[:0] }

func (o *options) add(line []byte) {
	if len(o.raw)+len(line) <= maxOptions {
		o.raw = append(append(o.raw, line...), '\n')
	}
}

// addHeader adds an attribute that is a header.
func (o *options) addHeader(name, value []byte) {
	if len(o.raw)+len(name)+len(value) <= maxOptions {
		o.raw = append(append(append(append(o.raw, attributeLine...), name...), '='), append(value[:len(value):len(value)], '\n')...)
	}
}

// forAll makes what was collected the list's own.
func (o *options) forAll() {
	o.list = append(o.list[:0], o.raw...)
	o.reset()
}

// headers is what the lines so far and the address's suffix ("User-Agent=…&Referer=…") come to; nil for none.
func (o *options) headers(suffix []byte) map[string]string {
	if len(o.raw) == 0 && len(suffix) == 0 && len(o.list) == 0 {
		return nil
	}
	if len(suffix) > 0 {
		o.raw = append(append(o.raw, '|'), suffix...)
	}
	if len(o.lastKey) == len(o.list)+len(o.raw) && o.lastKey[:len(o.list)] == string(o.list) && o.lastKey[len(o.list):] == string(o.raw) {
		return o.last
	}
	o.lastKey = string(o.list) + string(o.raw)
	o.last = parseOptions(o.lastKey)
	return o.last
}

// headerSet collects headers. Of two with one name the later counts.
type headerSet map[string]string

func parseOptions(raw string) map[string]string {
	out := headerSet{}
	for line := range strings.Lines(raw) {
		line = strings.TrimSpace(line)
		if suffix, ok := strings.CutPrefix(line, "|"); ok {
			out.addSuffix(suffix)
		} else if attribute, ok := strings.CutPrefix(line, attributeLine); ok {
			name, value, _ := strings.Cut(attribute, "=")
			out.set(name, value)
		} else if rest, ok := cutTag([]byte(line), "#EXTVLCOPT"); ok {
			out.addOption(string(rest))
		} else if rest, ok := cutTag([]byte(line), "#KODIPROP:"); ok {
			out.addOption(string(rest))
		} else if rest, ok := cutTag([]byte(line), "#EXTHTTP:"); ok {
			out.addJSON(rest)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// addOption takes an option of VLC's (http-user-agent=…) or a property of Kodi's
// (inputstream.adaptive.stream_headers=User-Agent=…&Referer=…).
func (h headerSet) addOption(option string) {
	name, value, _ := strings.Cut(strings.TrimLeft(option, ":- \t"), "=")
	name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
	switch name {
	case "inputstream.adaptive.stream_headers", "inputstream.adaptive.manifest_headers", "inputstream.adaptive.common_headers":
		h.addEncoded(trimQuotes(value))
	default:
		if header := headerOf([]byte(name)); header != "" {
			h.set(header, value)
		}
	}
}

// addJSON takes an object of headers. What is no text is left out.
func (h headerSet) addJSON(object []byte) {
	var fields map[string]any
	if json.Unmarshal(object, &fields) != nil {
		return
	}
	if inner, ok := fields["headers"].(map[string]any); ok {
		fields = inner
	}
	for name, value := range fields {
		if text, ok := value.(string); ok {
			h.set(name, text)
		}
	}
}

// addSuffix takes what stands behind an address and a bar: pairs as addEncoded reads them, in several parts with bars
// between; text without a name is a User-Agent.
func (h headerSet) addSuffix(suffix string) {
	for part := range strings.SplitSeq(suffix, "|") {
		part = strings.TrimSpace(part)
		if name, _, ok := strings.Cut(part, "="); ok && isHeaderName(name) {
			h.addEncoded(part)
		} else if _, given := h["User-Agent"]; !given {
			h.setEncoded("User-Agent", part)
		}
	}
}

// addEncoded takes NAME=VALUE&NAME=VALUE, values percent-encoded as Kodi asks for, though many lists are not: what
// does not decode is taken as it stands. A '&' without a header's name after it belongs to the value. It takes time in
// proportion to the text.
func (h headerSet) addEncoded(text string) {
	name, from, at := "", 0, 0
	for at <= len(text) {
		end := len(text)
		if n := strings.IndexByte(text[at:], '&'); n >= 0 {
			end = at + n
		}
		n, _, ok := strings.Cut(text[at:end], "=")
		if ok && isHeaderName(n) && (name == "" || endsValue(text[from:at], n)) {
			h.setEncoded(name, strings.TrimSuffix(text[from:max(from, at)], "&"))
			name, from = n, at+len(n)+1
		}
		at = end + 1
	}
	h.setEncoded(name, text[from:])
}

// endsValue reports whether a header with that name ends the value before it, which may be an address with parameters
// of its own: Referer=https://site.test/?a=1&b=2&User-Agent=x.
func endsValue(value, name string) bool {
	question := strings.IndexByte(value, '?')
	if question < 0 || !strings.Contains(value[:question], "://") {
		return true
	}
	return headerOf([]byte(name)) != "" || strings.ContainsAny(name, "-!") || switches[strings.ToLower(name)] || name == "Authorization"
}

// isHeaderName reports whether a name in front of '=' may be a header's, or one of Kodi's switches.
func isHeaderName(name string) bool { return httpguts.ValidHeaderFieldName(name) }

// setEncoded sets a header whose value is percent-encoded, once, and perhaps quoted.
func (h headerSet) setEncoded(name, value string) {
	if name == "" {
		return
	}
	value = trimQuotes(strings.TrimSpace(value))
	// PathUnescape, for a '+' in a User-Agent is a plus.
	if plain, err := url.PathUnescape(value); err == nil {
		value = plain
	}
	h.set(name, value)
}

// switches are what Kodi and other players take from the place of headers, and no server: they are not sent.
var switches = map[string]bool{
	"verifypeer": true, "seekable": true, "failonerror": true, "noshout": true, "postdata": true, "customrequest": true,
	"acceptencoding": true, "encoding": true, "auth": true, "active-remote": true, "connection-timeout": true,
	"redirect-limit": true, "sslcipherlist": true, "httpproxy": true, "http-proxy": true, "http-reconnect": true,
	"drmscheme": true, "drmlicense": true, "drmkeyid": true, "license": true, "license_key": true, "license_type": true,
	"manifest_type": true, "mimetype": true, "timeout": true, "reconnect": true, "inputstream": true,
}

// aliases are the names that lists give to headers.
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

// headerOf is the header that a name of an attribute or option stands for; "" where it is none.
func headerOf(name []byte) string {
	if len(name) > longestAlias || len(name) < len("origin") {
		return ""
	}
	var folded [longestAlias]byte
	for n := range name {
		folded[n] = lower(name[n])
	}
	return aliases[string(folded[:len(name)])]
}

// set keeps a header that can be sent. A list is what a site answers: what it names is not trusted to be a header,
// and those that belong to the connection are ours. A name with '!' is Kodi's for what it would not show.
func (h headerSet) set(name, value string) {
	name = strings.TrimSpace(name)
	if switches[strings.ToLower(name)] || strings.HasPrefix(name, "!") {
		return
	}
	if header := headerOf([]byte(name)); header != "" {
		name = header
	}
	if name, value, ok := extract.UsableHeader(name, trimQuotes(strings.Trim(value, " \t"))); ok {
		h[name] = value
	}
}

// trimQuotes takes off the quotes around a value.
func trimQuotes(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// isOption reports whether a line that begins with '#' gives headers.
func isOption(line []byte) bool {
	for _, tag := range []string{"#EXTVLCOPT", "#KODIPROP:", "#EXTHTTP:"} {
		if len(line) >= len(tag) && equalFold(line[:len(tag)], tag) {
			return true
		}
	}
	return false
}

// isPair reports whether b begins with NAME=, as the pairs behind an address do.
func isPair(b []byte) bool {
	name, _, ok := bytes.Cut(b, []byte("="))
	return ok && isHeaderName(string(name))
}
