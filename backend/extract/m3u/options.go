package m3u

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"gridwall/backend/chanlist"
)

// maxOptions bounds the text of one entry's options, in bytes; further ones are left out.
const maxOptions = 64 << 10

// vlcOption begins a line of VLC options.
const vlcOption = "#EXTVLCOPT"

// attributeLine begins a line of options from an attribute of #EXTINF or #EXTM3U.
const attributeLine = "="

// options collects the lines with an entry's headers. Lists repeat them for thousands of entries, so they are kept as text, and
// consecutive entries with the same text share one map.
type options struct {
	// list has the headers of #EXTM3U, the defaults for all entries.
	list chanlist.HeaderSet
	raw  []byte
	// last is the result for lastKey; nil if lastKey is "".
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

// forAll makes the collected options the defaults for all entries.
func (o *options) forAll() {
	o.list = parseOptions(nil, string(o.raw))
	o.lastKey, o.last = "", nil
	o.reset()
}

// headers returns the headers of the collected lines and the address's suffix ("User-Agent=…&Referer=…"); nil for none.
func (o *options) headers(suffix []byte) map[string]string {
	if len(suffix) > 0 {
		o.raw = append(append(o.raw, '|'), suffix...)
	}
	if len(o.raw) == 0 {
		return o.list
	}
	if o.lastKey != string(o.raw) {
		o.lastKey = string(o.raw)
		o.last = parseOptions(o.list, o.lastKey)
	}
	return o.last
}

// withoutOptions strips the VLC command-line options after an address (URL :http-referrer=…), and records them.
func (p *parser) withoutOptions(address []byte) []byte {
	if bytes.IndexByte(address, ' ') < 0 { // the usual case
		return address
	}
	mark := []byte(" :http-")
	for {
		at := bytes.LastIndex(address, mark)
		if at < 0 {
			return address
		}
		p.options.add(append([]byte(vlcOption), bytes.TrimSpace(address[at:])...))
		address = bytes.TrimRight(address[:at], " ")
	}
}

// parseOptions applies an entry's options to the list's default headers.
func parseOptions(list chanlist.HeaderSet, raw string) chanlist.HeaderSet {
	out := chanlist.HeaderSet{}
	maps.Copy(out, list)
	for line := range strings.Lines(raw) {
		line = strings.TrimSpace(line)
		if suffix, ok := strings.CutPrefix(line, "|"); ok {
			out.AddSuffix(suffix)
		} else if attribute, ok := strings.CutPrefix(line, attributeLine); ok {
			name, value, _ := strings.Cut(attribute, "=")
			out.Set(name, value)
		} else if rest, ok := cutTag([]byte(line), vlcOption); ok {
			addOption(out, string(rest))
		} else if rest, ok := cutTag([]byte(line), "#KODIPROP:"); ok {
			addOption(out, string(rest))
		} else if rest, ok := cutTag([]byte(line), "#EXTHTTP:"); ok {
			addJSON(out, rest)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// addOption adds an option of VLC (http-user-agent=…) or a property of Kodi
// (inputstream.adaptive.stream_headers=User-Agent=…&Referer=…).
func addOption(h chanlist.HeaderSet, option string) {
	name, value, _ := strings.Cut(strings.TrimLeft(option, ":- \t"), "=")
	name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
	switch name {
	case "inputstream.adaptive.stream_headers", "inputstream.adaptive.manifest_headers", "inputstream.adaptive.common_headers":
		h.AddEncoded(strings.Trim(value, `"`))
	default:
		if header := chanlist.HeaderNamed([]byte(name)); header != "" {
			h.Set(header, value)
		}
	}
}

// addJSON adds an object of headers, without values that are not text.
func addJSON(h chanlist.HeaderSet, object []byte) {
	var fields map[string]any
	if json.Unmarshal(object, &fields) != nil {
		return
	}
	if inner, ok := fields["headers"].(map[string]any); ok {
		fields = inner
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if text, ok := fields[name].(string); ok {
			h.Set(name, text)
		}
	}
}

// isOption reports whether a line that begins with '#' gives headers.
func isOption(line []byte) bool {
	for _, tag := range []string{vlcOption, "#KODIPROP:", "#EXTHTTP:"} {
		if len(line) >= len(tag) && equalFold(line[:len(tag)], tag) {
			return true
		}
	}
	return false
}
