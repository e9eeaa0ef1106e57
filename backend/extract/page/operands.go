package page

import (
	"strconv"
	"strings"

	"gridwall/backend/weburl"
)

// operand reads one operand and the methods that follow it. end is at if there is none; v is nil if it is unknown.
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
		if n, err := strconv.ParseUint(c.text[at:end], 0, 53); err == nil {
			v = &value{text: strconv.FormatUint(n, 10), number: true}
		}
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

// literalAt returns the index after the literal at the index; 0 if there is none.
func (c *constants) literalAt(at int) int {
	if at >= len(c.text) || c.text[at] != '"' && c.text[at] != '\'' {
		return 0
	}
	if _, end := c.literal(at); end > at {
		return end
	}
	return 0
}

// literal reads a string in quotes, which must end on its line.
func (c *constants) literal(at int) (v *value, end int) {
	quote := c.text[at]
	for end = at + 1; end < len(c.text) && end-at <= maxConstant && c.unterminatedLeft > 0; end++ {
		switch c.text[end] {
		case '\\':
			end++
		case quote:
			raw := c.text[at+1 : end]
			plain := unquoted(raw)
			return &value{text: plain, literals: [][2]int{{at, end + 1}}}, end + 1
		case '\n', '\r':
			c.unterminatedLeft -= end - at
			return nil, at
		}
	}
	c.unterminatedLeft -= end - at
	return nil, at
}

// template reads a template literal, whose expressions in ${…} must be known.
func (c *constants) template(at, depth int) (v *value, end int) {
	var b strings.Builder
	known, whole := true, false
	var literals [][2]int
	from := at + 1
	for end = from; end < len(c.text) && end-at <= maxConstant && b.Len() <= maxConstant && c.unterminatedLeft > 0; end++ {
		switch {
		case c.text[end] == '\\':
			end++
		case c.text[end] == '`':
			b.WriteString(unquoted(c.text[from:end]))
			if !known || !c.spend(b.Len()) {
				c.unknown = c.unknown || strings.Contains(lowerASCII(b.String()), ".m3u8")
				c.used[at] = end + 1
				return nil, end + 1
			}
			return &value{text: b.String(), built: true, literals: joinLiterals(literals, [][2]int{{at, end + 1}})}, end + 1
		case strings.HasPrefix(c.text[end:], "${"):
			b.WriteString(unquoted(c.text[from:end]))
			inner := c.skip(end + 2)
			w, stop := c.expression(inner, depth+1)
			if stop = c.skip(stop); stop < len(c.text) && c.text[stop] == '}' && w != nil && !w.isList && c.spend(len(w.text)) {
				b.WriteString(w.text)
				literals = joinLiterals(literals, w.literals)
			} else {
				// After a complete address, an unknown part is ignored: it is usually a number that defeats caches.
				if known && !whole {
					whole = strings.Contains(lowerASCII(b.String()), ".m3u8")
					known = whole
				}
				n := strings.IndexByte(c.text[min(stop, len(c.text)):min(len(c.text), stop+1000)], '}')
				if n < 0 {
					c.unterminatedLeft -= end - at
					return nil, at
				}
				stop += n
			}
			end, from = stop, stop+1
		}
	}
	c.unterminatedLeft -= end - at
	return nil, at
}

// array reads a list of strings.
func (c *constants) array(at, depth int) (v *value, end int) {
	v = &value{isList: true}
	for end = c.skip(at + 1); end < len(c.text); {
		if c.text[end] == ']' {
			return v, end + 1
		}
		w, stop := c.expression(end, depth+1)
		if stop == end || w == nil || w.isList || len(v.list) >= maxItems {
			return c.partialList(at)
		}
		v.list = append(v.list, w.text)
		v.number = v.number || w.number
		v.literals = joinLiterals(v.literals, w.literals)
		if end = c.next(stop); end == 0 {
			break
		}
	}
	return c.partialList(at)
}

// next returns the position of the next item or of the closing bracket; 0 if the previous item continues with something
// unknown.
func (c *constants) next(stop int) int {
	at := c.skip(stop)
	switch {
	case at < len(c.text) && c.text[at] == ',':
		return c.skip(at + 1)
	case at < len(c.text) && (c.text[at] == ']' || c.text[at] == ')'):
		return at
	}
	return 0
}

// named reads a name: the call of a supported function, or a value that was assigned before.
func (c *constants) named(at, depth int) (v *value, end int) {
	end = c.nameEnd(at)
	name := c.text[at:end]
	for _, of := range []string{"window.", "self.", "globalThis.", "document.", "top.", "parent."} {
		name = strings.TrimPrefix(name, of)
	}
	if name == "function" {
		c.forgetParameters(end)
		return nil, end
	}
	if c.modifies(at, end) {
		c.forget(name)
		return nil, end
	}
	open := c.skip(end)
	if open < len(c.text) && c.text[open] == '(' {
		decode := functions[name]
		if decode == nil {
			// A method of a value that was assigned before.
			dot := strings.LastIndexByte(name, '.')
			if dot > 0 {
				if w := c.valueOf(name[:dot]); w != nil {
					return w, at + strings.LastIndexByte(c.text[at:end], '.')
				}
			}
			c.partialCall(nil, name[dot+1:], at, open, depth)
			return nil, end
		}
		args, literals, stop := c.arguments(open, depth)
		if args == nil {
			if name == "URL" {
				c.partialURL(open)
			}
			return nil, end
		}
		if !c.spend(total(args)) {
			return nil, stop
		}
		text, ok := decode(args)
		if !ok {
			return nil, stop
		}
		return &value{text: text, built: true, literals: literals}, stop
	}
	if name == "null" || name == "undefined" {
		return &value{text: name, number: true}, end
	}
	if w := c.valueOf(name); w != nil {
		copied := *w
		copied.built, copied.cut, copied.emitted = false, false, 0
		return &copied, end
	}
	return nil, end
}

// valueOf returns the value assigned to a name, or a part of the page's address.
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
		case "location.href", "baseURI", "import.meta.url":
			return &value{text: weburl.Text(c.base)}
		}
	}
	return c.names[name[strings.LastIndexByte(name, '.')+1:]]
}

// unquoted decodes the escapes in a string of a script.
func unquoted(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return escape.ReplaceAllStringFunc(s, unescapeOne)
}

// skip returns the index after white space and comments.
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

// nameEnd returns the index after a name with its dots.
func (c *constants) nameEnd(at int) int {
	for at < len(c.text) && (isNameByte(c.text[at]) || c.text[at] == '.' && at+1 < len(c.text) && isNameByte(c.text[at+1]) && !isDigit(c.text[at+1])) {
		at++
	}
	return at
}

func isNameByte(c byte) bool { return isWordByte(c) || c == '$' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
