package m3u

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// options collects the lines that give an entry's headers. Lists repeat the same ones for thousands of entries: so
// they are kept as text, and entries in a row with the same text share one map.
type options struct {
	raw     []byte
	lastKey string
	last    map[string]string
}

func (o *options) reset()          { o.raw = o.raw[:0] }
func (o *options) add(line []byte) { o.raw = append(append(o.raw, line...), '\n') }

// headers is what the lines so far and the URL's suffix ("User-Agent=…&Referer=…") come to; nil for none.
func (o *options) headers(suffix []byte) map[string]string {
	if len(o.raw) == 0 && len(suffix) == 0 {
		return nil
	}
	o.raw = append(append(o.raw, '|'), suffix...)
	if string(o.raw) == o.lastKey {
		return o.last
	}
	o.lastKey = string(o.raw)
	o.last = parseOptions(o.lastKey)
	return o.last
}

func parseOptions(raw string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(raw) {
		line = strings.TrimSpace(line)
		if suffix, ok := strings.CutPrefix(line, "|"); ok {
			addEncoded(out, suffix)
		} else if rest, ok := cutTag([]byte(line), "#EXTVLCOPT:"); ok {
			addVLC(out, string(rest))
		} else if rest, ok := cutTag([]byte(line), "#KODIPROP:"); ok {
			addKodi(out, string(rest))
		} else if rest, ok := cutTag([]byte(line), "#EXTHTTP:"); ok {
			var fields map[string]string
			if json.Unmarshal(rest, &fields) == nil {
				for name, value := range fields {
					set(out, name, value)
				}
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// addVLC takes an option of VLC's: http-user-agent=…
func addVLC(out map[string]string, option string) {
	name, value, _ := strings.Cut(strings.TrimSpace(option), "=")
	value = strings.Trim(value, `"`)
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "http-user-agent":
		set(out, "User-Agent", value)
	case "http-referrer", "http-referer":
		set(out, "Referer", value)
	case "http-origin":
		set(out, "Origin", value)
	case "http-cookie", "http-cookies":
		set(out, "Cookie", value)
	}
}

// addKodi takes a property of Kodi's: inputstream.adaptive.stream_headers=User-Agent=…&Referer=…
func addKodi(out map[string]string, property string) {
	name, value, _ := strings.Cut(strings.TrimSpace(property), "=")
	switch strings.ToLower(name) {
	case "inputstream.adaptive.stream_headers", "inputstream.adaptive.manifest_headers", "inputstream.adaptive.common_headers":
		addEncoded(out, value)
	}
}

// addEncoded takes NAME=VALUE&NAME=VALUE, values percent-encoded as Kodi asks for, though many lists are not: what
// does not decode is taken as it stands. A '&' without a name after it belongs to the value.
func addEncoded(out map[string]string, text string) {
	name, value := "", ""
	flush := func() {
		if name == "" {
			return
		}
		// PathUnescape, for a '+' in a User-Agent is a plus.
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		set(out, name, value)
	}
	for part := range strings.SplitSeq(text, "&") {
		n, v, ok := strings.Cut(part, "=")
		if ok && httpguts.ValidHeaderFieldName(n) {
			flush()
			name, value = n, v
		} else if name != "" {
			value += "&" + part
		}
	}
	flush()
}

// set keeps a header that can be sent. A list is what a site answers: what it names is not trusted to be a header,
// and those that belong to the connection are ours.
func set(out map[string]string, name, value string) {
	name = http.CanonicalHeaderKey(strings.TrimSpace(name))
	if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
		return
	}
	value = strings.TrimSpace(value)
	switch name {
	case "Host", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "Te", "Trailer", "Range", "Accept-Encoding",
		"Proxy-Authorization", "Proxy-Connection", "Keep-Alive", "Expect":
		return
	}
	if value != "" {
		out[name] = value
	}
}

// splitSuffix parts a URL from the headers that Kodi's lists write behind it: URL|User-Agent=…&Referer=…
func splitSuffix(line []byte) (address, suffix []byte) {
	bar := bytes.LastIndexByte(line, '|')
	if bar < 0 {
		return line, nil
	}
	name, _, ok := bytes.Cut(line[bar+1:], []byte("="))
	if !ok || !httpguts.ValidHeaderFieldName(string(name)) {
		return line, nil
	}
	return bytes.TrimSpace(line[:bar]), line[bar+1:]
}
