package page

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
)

const (
	// maxConstant bounds one string that a script concatenates, in bytes; longer ones are not addresses.
	maxConstant = 64 << 10
	// maxOperand bounds the nesting of brackets and calls in such an expression.
	maxOperand = 8
	// maxNames bounds the names with known values; maxItems bounds the items of a list.
	maxNames, maxItems = 10_000, 4096
)

// value is the value of an expression in a script: a string, or a list of strings.
type value struct {
	text string
	list []string
	// isList is true for a list. built is true if the value is not simply a literal of the script.
	isList, built bool
	// number is true for a number, because + adds two numbers; for a list, if it contains numbers.
	number bool
	// cut is true if the value is an address whose unknown rest can be ignored.
	cut bool
	// literals are the ranges of the literals that it consists of.
	literals [][2]int
	// emitted is the value's position in built, counted from 1; 0 if it is not there. A longer value replaces it.
	emitted int
}

// maxLiterals is the most literals that are recorded for a value.
const maxLiterals = 64

// joinLiterals returns the literals of two values together.
func joinLiterals(a, b [][2]int) [][2]int {
	if len(b) == 0 || len(a)+len(b) > maxLiterals {
		return a
	}
	return append(a[:len(a):len(a)], b...)
}

// constants evaluates the constant expressions of a script: strings concatenated with +, templates, joined lists, atob("…")
// and the like. It runs nothing: it supports a fixed set of forms, and all other expressions are unknown.
type constants struct {
	text string
	base *url.URL
	// names are the values of variables and properties; nil for a name with several values or an unknown one.
	names map[string]*value
	// used are the ranges of literals that are part of a longer expression: they are not addresses on their own.
	used map[int]int
	// built are the concatenated strings. unknown is set if a part of a playlist's address is unknown.
	built   []string
	unknown bool
	// left is how many more bytes may be read and concatenated, unterminatedLeft how many in literals that are not terminated.
	left, unterminatedLeft int
	// partialLeft limits the bytes of calls and lists that are scanned without being evaluated.
	partialLeft int
	// noRegexpUntil is the end of the last failed scan for a regular expression; parametersEnd is the end of the last
	// parameter list.
	noRegexpUntil, parametersEnd int
}

// scriptConstants returns the strings that the scripts in text concatenate, and text with their literals blanked. unknown is
// true if an address has unknown parts.
func scriptConstants(text string, base *url.URL) (built []string, rest string, unknown bool) {
	if !containsAny(text, "+", "`", "atob", "fromCharCode", ".join", ".concat", ".replace", "decodeURI", "unescape", "URL(") {
		return nil, text, false
	}
	c := &constants{text: scriptsOnly(text), base: base, names: map[string]*value{}, used: map[int]int{}, left: 4*len(text) + maxConstant, unterminatedLeft: 8*len(text) + maxConstant, partialLeft: 8*len(text) + maxConstant}
	c.scan()
	if len(c.used) == 0 {
		return c.built, text, c.unknown
	}
	out := []byte(text)
	for from, to := range c.used {
		for i := from; i < to; i++ {
			out[i] = ' '
		}
	}
	return c.built, string(out), c.unknown
}

// script matches the scripts of a page.
var script = regexp.MustCompile(`(?is)<script[^>]*>(.*?)(?:</script|$)`)

// scriptsOnly blanks everything outside the scripts of a page; text that is not a page is returned unchanged.
func scriptsOnly(text string) string {
	all := script.FindAllStringSubmatchIndex(text, -1)
	if all == nil {
		return text
	}
	out := bytes.Repeat([]byte{'\n'}, len(text))
	for _, m := range all {
		copy(out[m[2]:m[3]], text[m[2]:m[3]])
	}
	return string(out)
}

// emit adds a concatenated string to built if it may contain an address.
func (c *constants) emit(v *value) {
	switch {
	case v == nil || !v.built || v.isList || len(v.text) > maxConstant || !mayHoldAddress(v.text):
		return
	case v.emitted > 0:
		c.built[v.emitted-1] = v.text
	default:
		c.built = append(c.built, v.text)
		v.emitted = len(c.built)
	}
	c.use(v.literals)
}

// use excludes literals from the text that is searched.
func (c *constants) use(literals [][2]int) {
	for _, l := range literals {
		c.used[l[0]] = l[1]
	}
}

// scan reads the text once.
func (c *constants) scan() {
	for at := 0; at < len(c.text) && c.left > 0; {
		switch ch := c.text[at]; {
		case isNameByte(ch) && !isDigit(ch):
			end := c.nameEnd(at)
			next := c.skip(end)
			name := c.text[at:end]
			switch {
			case c.assigns(at, next, name):
				at = c.assign(name, next)
			default:
				v, stop := c.expression(at, 0)
				c.emit(v)
				at = max(stop, end)
			}
		case ch == '"' || ch == '\'' || ch == '`' || ch == '[':
			v, stop := c.expression(at, 0)
			if end := c.skip(stop); v != nil && !v.isList && ch != '`' && ch != '[' && end < len(c.text) && c.text[end] == ':' && c.isKey(at) {
				// "host": "…" of an object.
				at = c.assign(v.text, end)
				continue
			}
			c.emit(v)
			at = max(stop, at+1)
		case ch == '/':
			// Skip comments, as within an expression: otherwise each literal in them would be read again.
			if next := c.skip(at); next > at {
				at = next
				continue
			}
			at = c.regexpEnd(at)
		case ch == '\\':
			at += 2 // an escaped quote within an oversized literal does not start another one
		default:
			at++
		}
	}
}

// isKey reports whether the string at the index is the name of a property.
func (c *constants) isKey(at int) bool {
	before := c.before(at)
	return before == '{' || before == ','
}

// before returns the last byte before an index that is not white space; 0 if there is none.
func (c *constants) before(at int) byte {
	for at--; at >= 0; at-- {
		if c.text[at] > ' ' {
			return c.text[at]
		}
	}
	return 0
}

// regexpEnd returns the index after the regular expression that starts with the slash at the index, or the index after the
// slash if it starts none. Quotes within a regular expression start no string.
func (c *constants) regexpEnd(at int) int {
	if at < c.noRegexpUntil || strings.IndexByte("(,=:[!&|?{};", c.before(at)) < 0 || at+1 < len(c.text) && (c.text[at+1] == '/' || c.text[at+1] == '*') {
		return at + 1
	}
	class := false
	n := at + 1
	for ; n < len(c.text) && n-at < 1000 && c.text[n] != '\n'; n++ {
		switch c.text[n] {
		case '\\':
			n++
		case '[', ']':
			class = c.text[n] == '['
		case '/':
			if !class {
				return n + 1
			}
		}
	}
	c.noRegexpUntil = n
	return at + 1
}

// mayHoldAddress reports whether a string may contain an address; most concatenated strings cannot.
func mayHoldAddress(s string) bool {
	return containsAny(lowerASCII(s), "m3u8", "manifest", "mpegurl", "http") || containsAny(s, "aHR0c", "eyJ", "Ly9", "YUhSMGN")
}

// assigns reports whether name = …, name += … or name: … starts at the index.
func (c *constants) assigns(from, at int, name string) bool {
	if at >= len(c.text) || name == "case" || name == "default" {
		return false
	}
	next := byte(0)
	if at+1 < len(c.text) {
		next = c.text[at+1]
	}
	switch c.text[at] {
	case '=':
		return next != '=' && next != '>'
	case '+':
		return next == '='
	case ':':
		return next != ':' && next != '/' && c.isKey(from)
	}
	return false
}

// assign records the value of a name, and returns the index after it.
func (c *constants) assign(name string, at int) int {
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		name = name[dot+1:]
	}
	adds := c.text[at] == '+'
	from := at + 1
	if adds {
		from++
	}
	from = c.skip(from)
	v, end := c.expression(from, 0)
	if (v == nil || !v.cut) && c.continues(end) {
		c.forget(name)
		if at := c.skip(end); c.text[at] == '=' && c.byteAt(at+1) != '=' && c.byteAt(at+1) != '>' {
			return from // a = b = "…" also assigns b
		}
		return max(end, from)
	}
	old, known := c.names[name]
	switch {
	case v == nil || len(c.names) >= maxNames && !known:
		c.forget(name)
		return max(end, from)
	case adds && (old == nil || old.isList || v.isList || old.number && v.number || !c.spend(len(old.text)+len(v.text))):
		c.names[name] = nil
		for _, p := range v.literals {
			c.orphan(p[0], p[1])
		}
		return end
	case adds:
		v = &value{text: old.text + v.text, built: true, literals: joinLiterals(old.literals, v.literals), emitted: old.emitted}
		c.names[name] = v
	case known && (old == nil || old.text != v.text || old.isList != v.isList) && !refersTo(c.text[from:end], name):
		c.names[name] = nil // several values
	case known && old != nil:
		v.emitted = old.emitted
		c.names[name] = v
	default:
		c.names[name] = v
	}
	c.emit(v)
	return end
}

// refersTo reports whether an expression starts with a name: u = u + "…".
func refersTo(expression, name string) bool {
	rest, ok := strings.CutPrefix(expression, name)
	return ok && rest != "" && !isNameByte(rest[0])
}

// forgetParameters marks the parameters of a function as unknown.
func (c *constants) forgetParameters(at int) {
	open := c.skip(c.nameEnd(c.skip(at)))
	if open >= len(c.text) || c.text[open] != '(' {
		return
	}
	from := max(open+1, c.parametersEnd) // earlier ones are already forgotten
	list := c.text[min(from, len(c.text)):min(len(c.text), max(from, open+1000))]
	if stop := strings.IndexByte(list, ')'); stop >= 0 {
		list = list[:stop]
	}
	c.parametersEnd = from + len(list)
	for name := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		c.forget(name)
	}
}

// expression reads operands joined by + from the index at. The value is nil if one of them is unknown; end is the index after
// the expression, or at if there is none. Unknown operands after a complete address are ignored: they are usually a number
// that defeats caches.
func (c *constants) expression(at, depth int) (v *value, end int) {
	if at >= len(c.text) || depth > maxOperand {
		return nil, at
	}
	unknown := c.afterUnknown(at)
	for next, operands := at, 1; ; operands++ {
		literal := c.literalAt(next)
		w, stop := c.operand(next, depth)
		if stop == next && operands == 1 {
			return nil, at
		}
		switch {
		case unknown:
		case w == nil || c.bindsTighter(stop):
			unknown = true
		case operands == 1:
			v = w
		case v.isList || w.isList || v.number && w.number || !c.spend(len(v.text)+len(w.text)):
			unknown = true
		default:
			v = &value{text: v.text + w.text, built: true, literals: joinLiterals(v.literals, w.literals)}
		}
		if literal > 0 && unknown {
			c.orphan(next, literal)
		}
		if end = stop; stop == next {
			break
		}
		plus := c.skip(end)
		if plus+1 >= len(c.text) || c.text[plus] != '+' || c.text[plus+1] == '+' || c.text[plus+1] == '=' {
			break
		}
		next = c.skip(plus + 1)
	}
	if unknown && (v == nil || v.isList || !c.spend(len(v.text)) || !strings.Contains(lowerASCII(v.text), ".m3u8")) {
		return nil, end
	}
	if unknown {
		address := *v
		address.cut = true
		return &address, end
	}
	return v, end
}

// orphan excludes a literal that is only the end of an address whose beginning is unknown. A complete address in a tag does
// not count.
func (c *constants) orphan(from, to int) {
	text := lowerASCII(c.text[from+1 : to-1])
	mark := strings.Index(text, ".m3u8")
	if mark >= 0 && !webScheme.MatchString(text) && !strings.ContainsAny(text[:mark], `<>"' =`) {
		c.used[from] = to
		c.unknown = true
	}
}

// spend takes n bytes from the budget for reading and concatenating. It returns false if the budget is exhausted, or if n
// exceeds the limit of one string.
func (c *constants) spend(n int) bool {
	c.left -= min(n, maxConstant)
	return c.left > 0 && n <= maxConstant
}
