package hls

import "strings"

// attribute is one NAME=VALUE of an attribute list (RFC 8216bis, 4.2). from and to enclose the value in the text,
// quotes included; value is without them.
type attribute struct {
	name, value string
	// begin is where the name begins.
	begin, from, to int
	quoted          bool
	// messy tells that the list is broken here: a quote within an unquoted value, none at the end of a quoted one, or
	// something behind it.
	messy bool
}

// attributes walks over an attribute list. It is lenient: spaces after commas, a missing closing quote (the value then
// goes to the end of the line), an address without quotes though it holds commas.
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
		// No value: "FOO" or stray text.
		if i < 0 {
			i = a.end - begin
		}
		a.pos = begin + i
		*at = attribute{begin: begin, from: begin, to: a.pos, value: a.text[begin:a.pos], messy: true}
		return true
	}
	*at = attribute{begin: begin, name: strings.TrimSpace(a.text[begin : begin+i])}
	p := begin + i + 1
	for p < a.end && isSpace(a.text[p]) {
		p++
	}
	at.from = p
	if p < a.end && a.text[p] == '"' {
		a.quotedValue(at, p)
	} else {
		a.plainValue(at, p)
	}
	// A blank within a name: a comma is missing before it. And a parser that looks for names (hls.js does) does not see
	// one that ends otherwise than a name can: it would look for names within the value.
	at.messy = at.messy || strings.ContainsAny(at.name, " \t\"") || at.name == "" || !isNameByte(at.name[len(at.name)-1])
	a.pos = at.to
	return true
}

func (a *attributes) quotedValue(at *attribute, p int) {
	at.quoted = true
	i := strings.IndexByte(a.text[p+1:a.end], '"')
	if i < 0 {
		at.value, at.to, at.messy = a.text[p+1:a.end], a.end, true
		return
	}
	at.value, at.to = a.text[p+1:p+1+i], p+2+i
	q := at.to
	for q < a.end && isSpace(a.text[q]) {
		q++
	}
	// Also one at the end of the line, where the list has ended.
	blank := at.to < len(a.text) && strings.IndexByte(" \t\v\f", a.text[at.to]) >= 0
	if blank && strings.Contains(at.value, ",") && strings.Contains(at.value, "=") {
		at.messy = true // hls.js sees no end in a quote before a blank, and looks for attributes within the value
	}
	if q < a.end && a.text[q] != ',' {
		at.messy = true
		at.to = a.beforeNext(q)
	}
}

func (a *attributes) plainValue(at *attribute, p int) {
	if isAddress(at.name) {
		at.to = a.beforeNext(p)
	} else if i := strings.IndexByte(a.text[p:a.end], ','); i >= 0 {
		at.to = p + i
	} else {
		at.to = a.end
	}
	at.value = strings.TrimSpace(a.text[p:at.to])
	at.messy = strings.IndexByte(at.value, '"') >= 0
}

// beforeNext finds the comma that is followed by NAME=, or the end of the list.
func (a *attributes) beforeNext(p int) int {
	for {
		i := strings.IndexByte(a.text[p:a.end], ',')
		if i < 0 {
			return a.end
		}
		p += i
		q := p + 1
		for q < a.end && isSpace(a.text[q]) {
			q++
		}
		n := q
		for n < a.end && isNameByte(a.text[n]) {
			n++
		}
		if q == a.end || n > q && n < a.end && a.text[n] == '=' {
			return p
		}
		p++
	}
}

func isNameByte(c byte) bool { return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' }

// isAddress tells the attributes that hold an address.
func isAddress(name string) bool {
	switch name {
	case "URI", "X-ASSET-URI", "X-ASSET-LIST", "SERVER-URI":
		return true
	}
	return false
}

// leaks tells a broken attribute behind which an address could hide from the rewriter.
func (at *attribute) leaks(text string) bool {
	if !at.messy {
		return false
	}
	s := text[at.begin:at.to]
	// The names of isAddress, wherever they stand in it.
	return isAddress(at.name) || strings.Contains(s, "://") || strings.Contains(s, "URI") || strings.Contains(s, "X-ASSET-LIST")
}

// breaksOut tells a value that would end before its end: a variable brought in what begins another attribute.
func (at *attribute) breaksOut() bool {
	if at.quoted {
		return strings.Contains(at.value, `"`)
	}
	return strings.ContainsAny(at.value, `,"`)
}

// isInline tells addresses that are not to be fetched: the data itself, and a FairPlay key's identifier.
func isInline(uri string) bool {
	if uri == "" || uri[0]|0x20 != 'd' && uri[0]|0x20 != 's' {
		return false // nearly all
	}
	return hasPrefixFold(uri, "data:") || hasPrefixFold(uri, "skd:")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
