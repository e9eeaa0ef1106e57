package page

import "strings"

// Operators next to an operand change its value: n * 2, a ? b : c, x || y, n++. They are not evaluated, so the operand, or
// the whole expression that starts with it, is unknown.

// bindsTighter reports whether an operator after an operand binds more tightly than +, or ends the sum.
func (c *constants) bindsTighter(end int) bool {
	at := c.skip(end)
	if at >= len(c.text) {
		return false
	}
	next := c.byteAt(at + 1)
	switch c.text[at] {
	case '*', '%', '.':
		return true
	case '/':
		return next != '/' // a comment up to the end of the line; skip handles the others
	case '-':
		return next != '-' // --n on the next line
	case '(', '`':
		return !strings.Contains(c.text[end:at], "\n") // on another line, it may belong to the next statement or script
	case '?':
		return next == '.'
	}
	return false
}

// continues reports whether an operator follows the expression, so that it is not the whole value.
func (c *constants) continues(end int) bool {
	at := c.skip(end)
	if at >= len(c.text) {
		return false
	}
	switch c.text[at] {
	case '?', '|', '&', '^', '>', '=':
		return true
	case '<':
		return c.byteAt(at+1) != '/' && c.byteAt(at+1) != '!' // a tag of the page
	case '!':
		return c.byteAt(at+1) == '='
	}
	rest := c.text[at:]
	return c.bindsTighter(end) || strings.HasPrefix(rest, "in ") || strings.HasPrefix(rest, "instanceof ")
}

// afterUnknown reports whether the operand at the index follows a + or an operator that binds it: the operand before it is
// unknown, or was already read.
func (c *constants) afterUnknown(at int) bool {
	line := true
	for at--; at >= 0 && (c.text[at] == ' ' || c.text[at] == '\n' || c.text[at] == '\t' || c.text[at] == '\r'); at-- {
		line = line && c.text[at] != '\n'
	}
	if at < 0 {
		return false
	}
	before := c.byteAt(at - 1)
	switch c.text[at] {
	case '+', '-':
		return at > 0 && (before != c.text[at] || line) // n++ may end the previous line
	case '*', '%', '!', '~':
		return true
	case '/':
		return before != '*' && before != '/' // a comment
	}
	return false
}

// modifies reports whether a name is incremented, decremented or assigned with an operator: n++, --n, n *= 2.
func (c *constants) modifies(at, end int) bool {
	if at >= 2 && (c.text[at-2:at] == "++" || c.text[at-2:at] == "--") {
		return true
	}
	for end < len(c.text) && c.text[end] == ' ' {
		end++
	}
	rest := c.text[end:min(len(c.text), end+len(">>>="))]
	if strings.HasPrefix(rest, "++") || strings.HasPrefix(rest, "--") {
		return true
	}
	operator, _, found := strings.Cut(rest, "=")
	switch operator {
	case "-", "*", "/", "%", "&", "|", "^", "**", "||", "&&", "??", "<<", ">>", ">>>":
		return found
	}
	return false
}

// byteAt returns the byte at a position; 0 outside the text.
func (c *constants) byteAt(at int) byte {
	if at < 0 || at >= len(c.text) {
		return 0
	}
	return c.text[at]
}

// forget marks a name as unknown from now on.
func (c *constants) forget(name string) {
	name = name[strings.LastIndexByte(name, '.')+1:]
	if _, known := c.names[name]; known || len(c.names) < maxNames {
		c.names[name] = nil
	}
}
