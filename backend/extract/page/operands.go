package page

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// operand reads one operand with the methods that follow it. end is at where none is there; v is nil where it is not known.
func (c *constants) operand(at, depth int) (v *value, end int) {
	if at >= len(c.text) || depth > maxOperand {
		return nil, at
	}
	switch ch := c.text[at]; {
	case ch == '"' || ch == '\'':
		v, end = c.literal(at)
	case ch == '`':
		v, end = c.template(at, depth)
	case ch == '[':
		v, end = c.array(at, depth)
	case ch == '(':
		inner := c.skip(at + 1)
		v, end = c.expression(inner, depth+1)
		if end = c.skip(end); end >= len(c.text) || c.text[end] != ')' {
			return nil, at
		}
		end++
	case isDigit(ch):
		end = at
		for end < len(c.text) && isNameByte(c.text[end]) {
			end++
		}
		v = &value{text: c.text[at:end]}
	case isNameByte(ch):
		v, end = c.named(at, depth)
	default:
		return nil, at
	}
	if end == at {
		return nil, at
	}
	return c.methods(v, end, depth)
}

// literalAt is where the plain text that begins at the place ends; 0 where none does.
func (c *constants) literalAt(at int) int {
	if at >= len(c.text) || c.text[at] != '"' && c.text[at] != '\'' {
		return 0
	}
	if _, end := c.literal(at); end > at {
		return end
	}
	return 0
}

// literal reads a text in quotes, which ends on its line.
func (c *constants) literal(at int) (v *value, end int) {
	quote := c.text[at]
	for end = at + 1; end < len(c.text) && end-at <= maxConstant; end++ {
		switch c.text[end] {
		case '\\':
			end++
		case '\n', '\r':
			return nil, at
		case quote:
			raw := c.text[at+1 : end]
			plain := unquoted(raw)
			return &value{text: plain, from: [][2]int{{at, end + 1}}}, end + 1
		}
	}
	return nil, at
}

// template reads a text in backticks; what stands in ${…} must be known.
func (c *constants) template(at, depth int) (v *value, end int) {
	var b strings.Builder
	known := true
	var made [][2]int
	from := at + 1
	for end = from; end < len(c.text) && end-at <= maxConstant; end++ {
		switch {
		case c.text[end] == '\\':
			end++
		case c.text[end] == '`':
			b.WriteString(unquoted(c.text[from:end]))
			if !known || !c.spend(b.Len()) {
				c.unknown = c.unknown || strings.Contains(lowerASCII(b.String()), ".m3u8")
				c.used = append(c.used, [2]int{at, end + 1})
				return nil, end + 1
			}
			return &value{text: b.String(), built: true, from: madeOf(made, [][2]int{{at, end + 1}})}, end + 1
		case strings.HasPrefix(c.text[end:], "${"):
			b.WriteString(unquoted(c.text[from:end]))
			inner := c.skip(end + 2)
			w, stop := c.expression(inner, depth+1)
			if stop = c.skip(stop); stop < len(c.text) && c.text[stop] == '}' && w != nil && !w.isList {
				b.WriteString(w.text)
				made = madeOf(made, w.from)
			} else {
				// A whole address before it is one: what follows is mostly a number against caches.
				known = known && strings.Contains(lowerASCII(b.String()), ".m3u8")
				n := strings.IndexByte(c.text[min(stop, len(c.text)):min(len(c.text), stop+1000)], '}')
				if n < 0 {
					return nil, at
				}
				stop += n
			}
			end, from = stop, stop+1
		}
	}
	return nil, at
}

// array reads a list of texts.
func (c *constants) array(at, depth int) (v *value, end int) {
	v = &value{isList: true}
	for end = c.skip(at + 1); end < len(c.text); {
		if c.text[end] == ']' {
			return v, end + 1
		}
		w, stop := c.expression(end, depth+1)
		if stop == end || w == nil || w.isList || len(v.list) >= maxItems {
			return nil, at
		}
		v.list = append(v.list, w.text)
		v.from = madeOf(v.from, w.from)
		if end = c.skip(stop); end < len(c.text) && c.text[end] == ',' {
			end = c.skip(end + 1)
		}
	}
	return nil, at
}

// named reads a name: a function that is known, or a value that was set before.
func (c *constants) named(at, depth int) (v *value, end int) {
	end = c.nameEnd(at)
	name := c.text[at:end]
	for _, of := range []string{"window.", "self.", "globalThis.", "document.", "top.", "parent."} {
		name = strings.TrimPrefix(name, of)
	}
	open := c.skip(end)
	if open < len(c.text) && c.text[open] == '(' {
		decode := functions[name]
		if decode == nil {
			// A method of a value that was set before.
			if dot := strings.LastIndexByte(name, '.'); dot > 0 {
				if w := c.valueOf(name[:dot]); w != nil {
					return w, at + strings.LastIndexByte(c.text[at:end], '.')
				}
			}
			return nil, end
		}
		args, made, stop := c.arguments(open, depth)
		if args == nil {
			return nil, end
		}
		text, ok := decode(args)
		if !ok || !c.spend(len(text)) {
			return nil, stop
		}
		return &value{text: text, built: true, from: made}, stop
	}
	if name == "null" || name == "undefined" {
		return &value{text: name}, end
	}
	if w := c.valueOf(name); w != nil {
		copied := *w
		copied.built, copied.given = false, 0
		return &copied, end
	}
	return nil, end
}

// valueOf is what a name was set to, or what the page's own address says.
func (c *constants) valueOf(name string) *value {
	if c.base != nil {
		switch name {
		case "location.origin":
			return &value{text: origin(c.base)}
		case "location.protocol":
			return &value{text: c.base.Scheme + ":"}
		case "location.host":
			return &value{text: c.base.Host}
		case "location.hostname":
			return &value{text: c.base.Hostname()}
		}
	}
	return c.names[name[strings.LastIndexByte(name, '.')+1:]]
}

// functions are those whose result a table tells.
var functions = map[string]func(args []string) (string, bool){
	"atob": func(args []string) (string, bool) {
		plain, err := fromBase64(args[0])
		return plain, err == nil && utf8.ValidString(plain)
	},
	"decodeURIComponent": func(args []string) (string, bool) { return percentDecode(args[0]), true },
	"decodeURI":          func(args []string) (string, bool) { return percentDecode(args[0]), true },
	"unescape": func(args []string) (string, bool) {
		return percentDecode(unescape(strings.ReplaceAll(args[0], "%u", `\u`))), true
	},
	"encodeURI":                 func(args []string) (string, bool) { return args[0], true },
	"String":                    func(args []string) (string, bool) { return args[0], true },
	"String.fromCharCode":       fromCharCode,
	"String.fromCharCode.apply": func(args []string) (string, bool) { return fromCharCode(args[1:]) },
}

// fromCharCode makes a text of the numbers of its letters.
func fromCharCode(args []string) (string, bool) {
	var b strings.Builder
	for _, a := range args {
		n, err := strconv.ParseUint(a, 0, 21)
		if err != nil || n > utf8.MaxRune {
			return "", false
		}
		b.WriteRune(rune(n))
	}
	return b.String(), true
}

// arguments reads what stands in the brackets of a call; args is nil where one of them is not known. apply(null, […]) and
// …[…] hand on the items of a list. made are the literals that they are made of.
func (c *constants) arguments(open, depth int) (args []string, made [][2]int, end int) {
	end = c.skip(open + 1)
	for end < len(c.text) && len(args) < maxItems {
		if c.text[end] == ')' {
			return args, made, end + 1
		}
		if strings.HasPrefix(c.text[end:], "...") {
			end += len("...")
		}
		v, stop := c.expression(end, depth+1)
		if stop == end || v == nil {
			return nil, nil, open
		}
		made = madeOf(made, v.from)
		if v.isList {
			args = append(args, v.list...)
		} else {
			args = append(args, v.text)
		}
		if end = c.skip(stop); end < len(c.text) && c.text[end] == ',' {
			end = c.skip(end + 1)
		}
	}
	return nil, nil, open
}

// methods takes the methods that follow a value, as far as a table tells their result, and the items of a list.
func (c *constants) methods(v *value, end, depth int) (*value, int) {
	for {
		at := c.skip(end)
		if at >= len(c.text) || v == nil {
			return v, end
		}
		switch c.text[at] {
		case '[':
			w, stop := c.expression(c.skip(at+1), depth+1)
			if stop = c.skip(stop); stop >= len(c.text) || c.text[stop] != ']' {
				return nil, end
			}
			v, end = item(v, w), stop+1
			continue
		case '.':
		default:
			return v, end
		}
		name := c.skip(at + 1)
		open := c.nameEnd(name)
		if name == open {
			return v, end
		}
		if dot := strings.IndexByte(c.text[name:open], '.'); dot >= 0 {
			return nil, open
		}
		call := c.skip(open)
		if call >= len(c.text) || c.text[call] != '(' || !methodNames[c.text[name:open]] {
			return nil, open // a property, or what no table knows
		}
		args, made, stop := c.arguments(call, depth)
		if stop == call {
			return nil, open
		}
		made = madeOf(v.from, made)
		if v = method(v, c.text[name:open], args); v != nil && !c.spend(len(v.text)) {
			v = nil
		}
		if v != nil {
			v.from = made
		}
		end = stop
	}
}

// item is the item of a list.
func item(v, w *value) *value {
	if v == nil || w == nil || !v.isList || w.isList {
		return nil
	}
	n, err := strconv.ParseUint(w.text, 0, 31)
	if err != nil || n >= uint64(len(v.list)) {
		return nil
	}
	return &value{text: v.list[n], from: v.from}
}

// methodNames are the methods that method knows.
var methodNames = map[string]bool{"join": true, "reverse": true, "concat": true, "split": true, "replace": true, "replaceAll": true, "trim": true, "toString": true}

// method is what a method makes of a value; nil where no table tells.
func method(v *value, name string, args []string) *value {
	if v == nil {
		return nil
	}
	text := func(s string) *value { return &value{text: s, built: true} }
	list := func(l []string) *value { return &value{list: l, isList: true, built: true} }
	switch {
	case v.isList && name == "join":
		separator := ","
		if len(args) > 0 {
			separator = args[0]
		}
		return text(strings.Join(v.list, separator))
	case v.isList && name == "reverse":
		l := slices.Clone(v.list)
		slices.Reverse(l)
		return list(l)
	case v.isList && name == "concat":
		return list(append(slices.Clone(v.list), args...))
	case v.isList:
	case name == "split" && len(args) == 1 && len(v.text) <= maxItems:
		return list(strings.Split(v.text, args[0]))
	case name == "concat":
		return text(v.text + strings.Join(args, ""))
	case name == "replace" && len(args) == 2:
		return text(strings.Replace(v.text, args[0], args[1], 1))
	case name == "replaceAll" && len(args) == 2 && args[0] != "":
		return text(strings.ReplaceAll(v.text, args[0], args[1]))
	case name == "trim" || name == "toString":
		return text(strings.TrimSpace(v.text))
	}
	return nil
}

// unquoted undoes the escapes in a text of a script.
func unquoted(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return escape.ReplaceAllStringFunc(s, func(e string) string {
		if e[1] != 'u' && e[1] != 'x' {
			return e[1:]
		}
		n, err := strconv.ParseUint(strings.Trim(e[2:], "{}"), 16, 32)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
}

// skip is where the text goes on behind blanks and comments.
func (c *constants) skip(at int) int {
	for at < len(c.text) {
		switch c.text[at] {
		case ' ', '\t', '\n', '\r':
			at++
			continue
		}
		if strings.HasPrefix(c.text[at:], "/*") {
			if n := strings.Index(c.text[at:min(len(c.text), at+1000)], "*/"); n >= 0 {
				at += n + 2
				continue
			}
		}
		break
	}
	return at
}

// nameEnd is where a name with its dots ends.
func (c *constants) nameEnd(at int) int {
	for at < len(c.text) && (isNameByte(c.text[at]) || c.text[at] == '.' && at+1 < len(c.text) && isNameByte(c.text[at+1]) && !isDigit(c.text[at+1])) {
		at++
	}
	return at
}

func isNameByte(c byte) bool { return isWordByte(c) || c == '$' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
