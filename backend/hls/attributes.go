package hls

import "strings"

// attribute is one NAME=VALUE of an attribute list (RFC 8216bis, section 4.2). from and to enclose the value in the
// text, including its quotes and any broken text behind them; value is without them.
type attribute struct {
	name, value string
	// begin is where the name begins.
	begin, from, to int
	// quote is the quote that encloses the value, 0 for none.
	quote byte
}

// attributes walks over an attribute list as servers write it: blanks around names, values and commas, a missing comma
// before the next NAME=, single quotes, a missing closing quote (the value then extends to the end of the line), an
// unquoted address that contains commas.
type attributes struct {
	text     string
	pos, end int
}

func (a *attributes) next(at *attribute) bool {
	for a.pos < a.end && (a.text[a.pos] == ',' || isSpace(a.text[a.pos])) {
		a.pos++
	}
	if a.pos >= a.end {
		return false
	}
	begin := a.pos
	i := strings.IndexAny(a.text[begin:a.end], "=,")
	if i < 0 || a.text[begin+i] == ',' {
		// No value: "FOO" or other text.
		if i < 0 {
			i = a.end - begin
		}
		a.pos = begin + i
		*at = attribute{begin: begin, from: begin, to: a.pos, value: a.text[begin:a.pos]}
		return true
	}
	p := begin + i + 1
	name := strings.TrimSpace(a.text[begin : p-1])
	if k := strings.LastIndexAny(name, " \t\v\f\"'"); k >= 0 { // what stands before the name belongs to nothing
		begin += k + 1
		name = name[k+1:]
	}
	*at = attribute{begin: begin, name: name}
	for p < a.end && isSpace(a.text[p]) {
		p++
	}
	at.from = p
	if p < a.end && (a.text[p] == '"' || a.text[p] == '\'' && a.singleQuoted(p)) {
		a.quotedValue(at, p)
	} else {
		a.plainValue(at, p)
	}
	a.pos = at.to
	return true
}

// singleQuoted reports whether the single quote at p opens a value: a second one is followed by a comma, a blank or the
// end.
func (a *attributes) singleQuoted(p int) bool {
	i := strings.IndexByte(a.text[p+1:a.end], '\'')
	if i < 0 {
		return false
	}
	q := p + 2 + i
	return q == a.end || a.text[q] == ',' || isSpace(a.text[q])
}

func (a *attributes) quotedValue(at *attribute, p int) {
	at.quote = a.text[p]
	i := strings.IndexByte(a.text[p+1:a.end], at.quote)
	if i < 0 {
		at.value, at.to = a.text[p+1:a.end], a.end
		return
	}
	at.value, at.to = a.text[p+1:p+1+i], p+2+i
	q := a.pastBlanks(at.to)
	if q < a.end && a.text[q] != ',' && !a.begins(q) {
		at.to = a.beforeNext(q)
	}
}

// plainValue reads an unquoted value: up to the comma, or up to a blank before the next NAME= if the comma is missing.
// An address and a list of codecs may contain commas: they end at a comma that NAME= follows.
func (a *attributes) plainValue(at *attribute, p int) {
	commas := holdsCommas(at.name)
	at.to = a.end
	for i := p; i < a.end; i++ {
		c := a.text[i]
		if c != ',' && !isSpace(c) {
			continue
		}
		if c == ',' && !commas {
			at.to = i
			break
		}
		q := a.pastBlanks(i + 1)
		if a.begins(q) || q == a.end && c == ',' {
			at.to = i
			break
		}
		i = q - 1
	}
	at.value = strings.TrimSpace(a.text[p:at.to])
}

func (a *attributes) pastBlanks(p int) int {
	for p < a.end && isSpace(a.text[p]) {
		p++
	}
	return p
}

// begins reports whether NAME= begins at p.
func (a *attributes) begins(p int) bool {
	n := p
	for n < a.end && isNameByte(a.text[n]) {
		n++
	}
	return n > p && n < a.end && a.text[n] == '='
}

// beforeNext returns the index of the comma that is followed by NAME=, or the end of the list.
func (a *attributes) beforeNext(p int) int {
	for {
		i := strings.IndexByte(a.text[p:a.end], ',')
		if i < 0 {
			return a.end
		}
		p += i
		if q := a.pastBlanks(p + 1); q == a.end || a.begins(q) {
			return p
		}
		p++
	}
}

func isNameByte(c byte) bool { return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' }

// isWord reports whether name consists of characters found in attribute names.
func isWord(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !isNameByte(c) && !(c >= 'a' && c <= 'z') && c != '_' && c != '.' {
			return false
		}
	}
	return name != ""
}

// isAddress reports whether an attribute of that name holds an address.
func isAddress(name string) bool {
	switch name {
	case "URI", "X-ASSET-URI", "X-ASSET-LIST", "SERVER-URI":
		return true
	}
	return false
}

// holdsCommas reports whether an attribute's values may contain commas even when their quotes are missing.
func holdsCommas(name string) bool {
	return name == "CODECS" || name == "SUPPLEMENTAL-CODECS" || name == "CHARACTERISTICS" || isAddress(readName(name))
}

// isEnumerated reports whether an attribute's values are enumerated strings in capital letters.
func isEnumerated(name string) bool {
	switch name {
	case "TYPE", "METHOD", "DEFAULT", "AUTOSELECT", "FORCED", "GAP", "INDEPENDENT", "CAN-BLOCK-RELOAD", "CAN-SKIP-DATERANGES",
		"PRECISE", "VIDEO-RANGE", "HDCP-LEVEL":
		return true
	}
	return false
}

// readName returns the attribute name that a lower-case name stands for; any other name stays as it is.
func readName(name string) string {
	if !hasLower(name) || len(name) > maxTagName {
		return name
	}
	upper := strings.ToUpper(name)
	switch upper {
	case "URI", "X-ASSET-URI", "X-ASSET-LIST", "SERVER-URI", "TYPE", "METHOD", "IV", "KEYFORMAT", "KEYFORMATVERSIONS", "BYTERANGE",
		"BYTERANGE-START", "BYTERANGE-LENGTH", "DURATION", "GAP", "INDEPENDENT", "LAST-MSN", "LAST-PART", "PART-TARGET", "SKIPPED-SEGMENTS",
		"CAN-BLOCK-RELOAD", "CAN-SKIP-UNTIL", "CAN-SKIP-DATERANGES", "HOLD-BACK", "PART-HOLD-BACK", "TIME-OFFSET", "PRECISE",
		"BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "SUPPLEMENTAL-CODECS", "RESOLUTION", "FRAME-RATE", "HDCP-LEVEL", "VIDEO-RANGE",
		"REQ-VIDEO-LAYOUT", "ALLOWED-CPC", "AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS", "PATHWAY-ID", "STABLE-VARIANT-ID",
		"STABLE-RENDITION-ID", "GROUP-ID", "LANGUAGE", "ASSOC-LANGUAGE", "NAME", "DEFAULT", "AUTOSELECT", "FORCED", "INSTREAM-ID",
		"BIT-DEPTH", "SAMPLE-RATE", "CHARACTERISTICS", "CHANNELS", "DATA-ID", "VALUE", "IMPORT", "QUERYPARAM", "ID", "CLASS", "CUE",
		"START-DATE", "END-DATE", "PLANNED-DURATION", "END-ON-NEXT":
		return upper
	}
	return name
}

func hasLower(s string) bool {
	for i := range len(s) {
		if s[i] >= 'a' && s[i] <= 'z' {
			return true
		}
	}
	return false
}

// isInline reports whether uri is not to be fetched: a data: URI, or the identifier of a FairPlay key (skd:).
func isInline(uri string) bool {
	if uri == "" || uri[0]|0x20 != 'd' && uri[0]|0x20 != 's' {
		return false // nearly all
	}
	return hasPrefixFold(uri, "data:") || hasPrefixFold(uri, "skd:")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
