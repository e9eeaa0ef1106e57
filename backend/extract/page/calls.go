package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridwall/backend/weburl"
)

// functions are the calls whose result can be computed from constants.
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
	"encodeURI": func(args []string) (string, bool) { return args[0], true },
	"String":    func(args []string) (string, bool) { return args[0], true },
	"URL": func(args []string) (string, bool) {
		if len(args) == 1 {
			return args[0], true
		}
		base, err := url.Parse(args[1])
		if err != nil || base.Host == "" {
			return "", false
		}
		u, err := base.Parse(args[0])
		if err != nil {
			return "", false
		}
		return weburl.Text(u), true
	},
	"String.fromCharCode":       fromCharCode,
	"String.fromCharCode.apply": func(args []string) (string, bool) { return fromCharCode(args[1:]) },
}

// fromCharCode returns the string of these code units.
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

// arguments reads the arguments of a call; args is nil if one of them is unknown. A list is passed as its items, as in
// apply(null, […]) and in ...[…]. literals are those that the arguments consist of.
func (c *constants) arguments(open, depth int) (args []string, literals [][2]int, end int) {
	end = c.skip(open + 1)
	for end < len(c.text) && len(args) < maxItems {
		if c.text[end] == ')' {
			return args, literals, end + 1
		}
		if strings.HasPrefix(c.text[end:], "...") {
			end += len("...")
		}
		v, stop := c.expression(end, depth+1)
		if stop == end || v == nil {
			return nil, nil, open
		}
		literals = joinLiterals(literals, v.literals)
		if v.isList {
			if !c.spend(len(v.list)) {
				return nil, nil, open
			}
			args = append(args, v.list...)
		} else {
			args = append(args, v.text)
		}
		if end = c.next(stop); end == 0 {
			break
		}
	}
	return nil, nil, open
}

// methods applies the methods and list indexes that follow a value, as far as their results can be computed.
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
		if c.text[name:open] == "href" && !v.isList && v.built {
			end = open // new URL(…).href
			continue
		}
		call := c.skip(open)
		if call >= len(c.text) || c.text[call] != '(' || !methodNames[c.text[name:open]] {
			return nil, open // a property, or an unknown method
		}
		args, literals, stop := c.arguments(call, depth)
		if stop == call {
			w, stop := c.partialCall(v, c.text[name:open], end, call, depth)
			if w == nil {
				return nil, open
			}
			v, end = w, stop
			continue
		}
		literals = joinLiterals(v.literals, literals)
		if !c.spend(effort(v, c.text[name:open], args)) {
			return nil, stop
		}
		if v = method(v, c.text[name:open], args); v != nil {
			v.literals = literals
		}
		end = stop
	}
}

// item returns an item of a list.
func item(v, w *value) *value {
	if v == nil || w == nil || !v.isList || w.isList {
		return nil
	}
	n, err := strconv.ParseUint(w.text, 0, 31)
	if err != nil || n >= uint64(len(v.list)) {
		return nil
	}
	return &value{text: v.list[n], literals: v.literals, number: v.number && v.list[n] != "" && isDigit(v.list[n][0])}
}

// methodNames are the methods that method supports.
var methodNames = map[string]bool{"join": true, "reverse": true, "concat": true, "split": true, "replace": true, "replaceAll": true, "trim": true, "toString": true}

// effort returns the cost of a method: at least the number of bytes and items that it reads and creates.
func effort(v *value, name string, args []string) int {
	n := len(v.text) + len(v.list) + total(args)
	switch {
	case name == "join" && v.isList:
		n += total(v.list)
		if len(args) > 0 {
			n += len(args[0]) * len(v.list)
		}
	case name == "replaceAll" && len(args) == 2:
		n += strings.Count(v.text, args[0]) * len(args[1])
	}
	return n
}

// total returns the total length of strings.
func total(texts []string) (n int) {
	for _, t := range texts {
		n += len(t)
	}
	return n
}

// method returns the result of a method; nil if it cannot be computed.
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
