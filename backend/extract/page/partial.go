package page

import (
	"regexp"
	"strings"
)

// If a script concatenates parts and one of them is unknown, neither the result nor any of its parts is an address.
// Otherwise, "https://a.test/".concat(n * 2, "/w.m3u8") would give a path on the page's own host that does not exist.

// maxPartial bounds one call or list whose items are split without being evaluated, in bytes.
const maxPartial = 4096

// items returns the ranges of the items between the bracket at open and its closing bracket. end is the index after that; 0
// if there is none.
func (c *constants) items(open int) (items [][2]int, end int) {
	depth, from := 0, open+1
	for at := open; at < len(c.text) && at-open < maxPartial && c.partialLeft > 0; at++ {
		c.partialLeft--
		switch ch := c.text[at]; ch {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth > 0 {
				continue
			}
			if item := c.trim(from, at); item[0] < item[1] {
				items = append(items, item)
			}
			return items, at + 1
		case ',':
			if depth == 1 {
				items = append(items, c.trim(from, at))
				from = at + 1
			}
		case '"', '\'', '`':
			for at++; at < len(c.text) && c.text[at] != ch && at-open < maxPartial; at++ {
				c.partialLeft--
				if c.text[at] == '\\' {
					at++
				}
			}
		case '/':
			if stop := c.regexpEnd(at); stop > at+1 {
				c.partialLeft -= stop - at
				at = stop - 1
			}
		}
	}
	return nil, 0
}

// trim removes white space from both ends of a range.
func (c *constants) trim(from, to int) [2]int {
	from = min(c.skip(from), to)
	for to > from && c.text[to-1] <= ' ' {
		to--
	}
	return [2]int{from, to}
}

// plain returns the value of an item that is a single literal, or a name with a known value.
func (c *constants) plain(item [2]int) (text string, literals [][2]int, ok bool) {
	if item[0] >= item[1] {
		return "", nil, false
	}
	if c.literalAt(item[0]) == item[1] {
		v, _ := c.literal(item[0])
		return v.text, v.literals, true
	}
	if isNameByte(c.text[item[0]]) && c.nameEnd(item[0]) == item[1] {
		if v := c.valueOf(c.text[item[0]:item[1]]); v != nil && !v.isList {
			return v.text, v.literals, true
		}
	}
	return "", nil, false
}

// orphans excludes the items that are only the end of an address; see orphan.
func (c *constants) orphans(items [][2]int) {
	for _, item := range items {
		if c.literalAt(item[0]) == item[1] {
			c.orphan(item[0], item[1])
		}
	}
}

// joined joins the items up to the first unknown one. If the result is a complete address, the rest is ignored, as in a sum.
// Otherwise it is nil, and the items are excluded, because they are not addresses on their own.
func (c *constants) joined(v *value, separator string, items [][2]int) *value {
	text, literals := v.text, v.literals
	for n, item := range items {
		part, from, ok := c.plain(item)
		if !ok || !c.spend(len(text)+len(part)) {
			if strings.Contains(lowerASCII(text), ".m3u8") && mayHoldAddress(text) {
				return &value{text: text, built: true, cut: true, literals: literals}
			}
			c.orphans(items)
			return nil
		}
		if n > 0 {
			text += separator
		}
		text += part
		literals = joinLiterals(literals, from)
	}
	return nil
}

// partialCall handles a method call with unknown arguments. v is the receiver, which ends at the index at; nil if it is
// unknown, too. It returns the result if that is known, otherwise nil.
func (c *constants) partialCall(v *value, name string, at, open, depth int) (*value, int) {
	if name != "concat" && name != "replace" && name != "replaceAll" {
		return nil, open
	}
	items, end := c.items(open)
	switch {
	case end == 0 || v != nil && v.isList:
		return nil, open
	case name == "concat" && v != nil:
		if w := c.joined(v, "", items); w != nil {
			return w, end
		}
	case name == "concat":
		c.orphans(items)
	case len(items) == 2 && v != nil:
		if w := c.replaced(v, name, at, items, depth); w != nil {
			return w, end
		}
		c.orphans(items[1:])
	case len(items) == 2:
		c.orphans(items[1:])
	}
	return nil, open
}

// replaced returns v with one string replaced by another. If the replacement is unknown, it returns nil, and an address that
// contains the replaced string is excluded if it is a literal receiver or if the string is a placeholder. Otherwise it may be
// used unchanged elsewhere.
func (c *constants) replaced(v *value, name string, at int, items [][2]int, depth int) *value {
	old, literals, ok := c.plain(items[0])
	all := name == "replaceAll"
	if !ok {
		old, all, ok = plainPattern(c.text[items[0][0]:items[0][1]])
	}
	if !ok || old == "" {
		return nil
	}
	w, stop := c.expression(items[1][0], depth+1)
	if w != nil && !w.isList && !w.cut && c.skip(stop) >= items[1][1] {
		args := []string{old, w.text}
		if all {
			name = "replaceAll"
		}
		if !c.spend(effort(v, name, args)) {
			return nil
		}
		out := method(v, name, args)
		out.literals = joinLiterals(joinLiterals(v.literals, literals), w.literals)
		return out
	}
	scheme := strings.TrimRight(lowerASCII(old), ":/")
	itself := len(v.literals) > 0 && v.literals[len(v.literals)-1][1] == at
	if (itself || placeholder.MatchString(old)) && strings.Contains(v.text, old) && scheme != "http" && scheme != "https" && strings.Contains(lowerASCII(v.text), ".m3u8") {
		c.use(v.literals)
		c.unknown = true
	}
	return nil
}

// placeholder matches a placeholder in an address.
var placeholder = regexp.MustCompile(`^(?:[{<\[(%$#@_:*].*|.*[}>\])%$#@_*]|[A-Z][A-Z0-9_]{2,})$`)

// pattern matches a regular expression for a fixed text: /HOST/g, /\{host\}/.
var pattern = regexp.MustCompile(`^/(\^?(?:[^\\/^$.|?*+()\[\]{}\r\n]|\\[\\/^$.|?*+()\[\]{}]|[{}])+)/([gu]*)$`)

// plainPattern returns the text of a regular expression for a fixed text; all is true if it replaces every occurrence. ok is
// false for other regular expressions.
func plainPattern(s string) (text string, all, ok bool) {
	m := pattern.FindStringSubmatch(s)
	if m == nil || strings.HasPrefix(m[1], "^") {
		return "", false, false
	}
	var b strings.Builder
	for i := 0; i < len(m[1]); i++ {
		if m[1][i] == '\\' {
			i++
		}
		b.WriteByte(m[1][i])
	}
	return b.String(), strings.Contains(m[2], "g"), true
}

// partialList handles a joined list with an unknown item.
func (c *constants) partialList(at int) (*value, int) {
	items, end := c.items(at)
	if end == 0 || len(items) < 2 {
		return nil, at
	}
	name := c.skip(c.skip(end) + 1)
	if c.byteAt(c.skip(end)) != '.' || c.nameEnd(name) != name+len("join") || !strings.HasPrefix(c.text[name:], "join") {
		return nil, at
	}
	open := c.skip(name + len("join"))
	if c.byteAt(open) != '(' {
		return nil, at
	}
	args, stop := c.items(open)
	if stop == 0 || len(args) != 1 {
		return nil, at // a comma joins several addresses
	}
	separator, _, ok := c.plain(args[0])
	if !ok || strings.ContainsAny(separator, " ,;|\r\n\t") {
		return nil, at
	}
	if w := c.joined(&value{}, separator, items); w != nil {
		return w, stop
	}
	return nil, at
}

// partialURL handles new URL("…", base) with an unknown base. If the base is the page's address, the text is resolved against it
// anyway.
func (c *constants) partialURL(open int) {
	if items, _ := c.items(open); len(items) == 2 && !strings.HasPrefix(c.text[items[1][0]:], "location") && !strings.HasPrefix(c.text[items[1][0]:], "document.") {
		c.orphans(items[:1])
	}
}
