package m3u

import "bytes"

// attributes iterates over the attributes between an #EXTINF's duration and its title: name="value", with single, double or no
// quotes, quotes inside the value, no blanks in between, and commas before or between them.
type attributes struct {
	text []byte
	at   int
	// title is the index of the title, once next has returned false.
	title int
	// comma is set after a comma: then text that is not an attribute is the title.
	comma bool

	name, value []byte
}

// next reads the next attribute. It returns false at the title, or at the end of the text.
func (a *attributes) next() bool {
	for a.at < len(a.text) {
		c := a.text[a.at]
		if isBlank(c) || c == ';' {
			a.at++
			continue
		}
		if c == ',' {
			// Some lists have a comma before or between the attributes. A title may contain anything, so after a comma only a
			// known name with a quoted value is an attribute, or a name that no title contains, if a title follows.
			a.comma, a.title = true, a.at+1
			n, value := attributeAt(a.text, skipBlanks(a.text, a.at+1))
			if n == nil || !isKnown(n) || value >= len(a.text) || !isQuote(a.text[value:]) && (!isCertain(n) || bytes.IndexByte(a.text[value:], ',') < 0) {
				return false
			}
			a.at = skipBlanks(a.text, a.at+1)
		}
		n, value := attributeAt(a.text, a.at)
		if n == nil {
			if a.title = a.at; a.comma || !a.skipWords() {
				return false
			}
			continue
		}
		a.name = n
		a.value, a.at = attributeValue(a.text, value)
		return true
	}
	a.title = len(a.text)
	return false
}

// rest returns the title, once next has returned false.
func (a *attributes) rest() []byte { return bytes.TrimLeft(a.text[a.title:], ", \t") }

// skipWords skips words that are not attributes, up to the next comma or known attribute. It returns false if there is neither:
// then the words are the title of a line without a comma.
func (a *attributes) skipWords() bool {
	for at := a.at; at < len(a.text); at++ {
		if a.text[at] == ',' {
			a.at = at
			return true
		}
		if !isBlank(a.text[at]) {
			continue
		}
		if name, _ := attributeAt(a.text, at+1); name != nil && isKnown(name) {
			a.at = at + 1
			return true
		}
	}
	return false
}

// attributeAt returns the name of the attribute at the index, and the index of its value; nil if there is none.
func attributeAt(b []byte, at int) (name []byte, value int) {
	end := at
	for end < len(b) && nameBytes[b[end]] {
		end++
	}
	if end == at {
		return nil, 0
	}
	eq := end
	if eq < len(b) && isBlank(b[eq]) {
		eq++
	}
	if eq >= len(b) || b[eq] != '=' {
		return nil, 0
	}
	return b[at:end], skipBlanks(b, eq+1)
}

// nameBytes are the bytes of an attribute's name.
var nameBytes = byteSet(func(c byte) bool {
	return isDigit(c) || isLetter(c) || c == '-' || c == '_' || c == '.' || c == ':'
})

// known are the prefixes of the names of attributes in lists.
var known = []string{"tvg-", "group-", "tvg_", "catchup", "user-agent", "http-", "radio", "channel-", "parent-", "timeshift", "audio-track", "aspect-ratio",
	"referer", "referrer", "origin", "cookie", "logo", "url-tvg", "x-tvg-url", "cuid", "provider", "xui-id", "type", "status"}

// isKnown reports whether name is an attribute's name and not a word of a title.
func isKnown(name []byte) bool {
	for _, k := range known {
		if len(name) >= len(k) && equalFold(name[:len(k)], k) {
			return true
		}
	}
	return false
}

// isCertain reports whether name is an attribute name that titles do not begin with.
func isCertain(name []byte) bool {
	return len(name) > 4 && (equalFold(name[:4], "tvg-") || equalFold(name, "group-title"))
}

// The quotes that word processors write in place of ".
const (
	openQuote  = "\u201c"
	closeQuote = "\u201d"
)

// isQuote reports whether b begins with a quote of any kind.
func isQuote(b []byte) bool {
	return len(b) > 0 && (b[0] == '"' || b[0] == '\'') || bytes.HasPrefix(b, []byte(openQuote)) || bytes.HasPrefix(b, []byte(closeQuote))
}

// attributeValue returns the value at the index, and the index after it.
func attributeValue(b []byte, at int) (value []byte, next int) {
	switch {
	case at >= len(b):
		return nil, at
	case b[at] == '"':
		return quotedValue(b, at+1, `"`)
	case b[at] == '\'':
		return quotedValue(b, at+1, "'")
	case bytes.HasPrefix(b[at:], []byte(openQuote)), bytes.HasPrefix(b[at:], []byte(closeQuote)):
		return quotedValue(b, at+len(openQuote), closeQuote)
	}
	if isBlank(b[at-1]) {
		// After "tvg-id= " may come the next attribute: then the value is empty.
		if name, next := attributeAt(b, at); name != nil && (isKnown(name) || isQuote(b[next:])) {
			return nil, at
		}
	}
	// Without quotes it extends to the title's comma, or to the next attribute.
	end := at
	for end < len(b) && b[end] != ',' {
		if isBlank(b[end]) {
			word := skipBlanks(b, end)
			if name, _ := attributeAt(b, word); name != nil {
				break
			}
			end = word
			continue
		}
		end++
	}
	return bytes.TrimRight(b[at:end], " \t"), end
}

// quotedValue returns a value up to its closing quote, which is followed by a comma, another attribute, or nothing. Earlier quotes
// are part of the value. Without a closing quote, the value ends at the next attribute, or the last comma.
func quotedValue(b []byte, at int, quote string) (value []byte, next int) {
	for from := at; ; {
		n := indexQuote(b[from:], quote)
		if n < 0 {
			break
		}
		end := from + n
		from = end + len(quote)
		if end > at && b[end-1] == '\\' {
			continue
		}
		if start := attributeBefore(b, at, end); start >= 0 {
			// The quote opens the next attribute's value: this one has no closing quote.
			return bytes.TrimRight(b[at:start], " \t"), start
		}
		after := skipBlanks(b, from)
		if after == len(b) || b[after] == ',' || b[after] == ';' {
			return unquoted(b[at:end], quote), from
		}
		if name, _ := attributeAt(b, after); name != nil {
			return unquoted(b[at:end], quote), from
		}
		if indexQuote(b[from:], quote) < 0 {
			// The last quote of the line ends the value, even if no comma follows.
			return unquoted(b[at:end], quote), from
		}
	}
	end := len(b)
	if comma := bytes.LastIndexByte(b[at:], ','); comma >= 0 {
		end = at + comma
	}
	return bytes.TrimRight(b[at:end], " \t"), end
}

func indexQuote(b []byte, quote string) int {
	if len(quote) == 1 {
		return bytes.IndexByte(b, quote[0])
	}
	return bytes.Index(b, []byte(quote))
}

// attributeBefore returns the index of the name of the attribute whose value the quote at end opens; -1 if it opens none. The
// name must be a known one, and follow a blank.
func attributeBefore(b []byte, at, end int) int {
	if end-1 <= at || b[end-1] != '=' {
		return -1
	}
	start := end - 1
	for start > at && nameBytes[b[start-1]] {
		start--
	}
	if start == end-1 || start == at || !isBlank(b[start-1]) || !isKnown(b[start:end-1]) {
		return -1
	}
	return start
}

// unquoted returns a value without the backslashes before its quotes.
func unquoted(value []byte, quote string) []byte {
	if bytes.IndexByte(value, '\\') < 0 {
		return value
	}
	return bytes.ReplaceAll(value, []byte(`\`+quote), []byte(quote))
}

// trailingAttributes returns the index of attributes after the title; -1 if there are none. Only names that no title contains
// count.
func trailingAttributes(title []byte) int {
	if bytes.IndexByte(title, '=') < 0 {
		return -1
	}
	first := -1
	for _, name := range []string{` tvg-id="`, ` tvg-name="`, ` tvg-logo="`, ` group-title="`} {
		if n := bytes.Index(title, []byte(name)); n >= 0 && (first < 0 || n < first) {
			first = n
		}
	}
	return first
}
