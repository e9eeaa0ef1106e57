package page

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	// maxPacked bounds the packed scripts of one page; maxUnpacked bounds their unpacked size together, in bytes. Further ones
	// stay packed. A dictionary word can replace a single letter, so a small script could become any size.
	maxPacked   = 50
	maxUnpacked = 4 << 20
	// maxNested bounds the nesting of packed scripts.
	maxNested = 3
)

var (
	// packed matches the parameters of a packed script (Dean Edwards' packer): eval(function(p,a,c,k,e,d){…}('…',62,9,'a|b'.split('|'),0,{})).
	// They are matched alone because the call has many forms, and arrow functions have no keyword.
	packed = regexp.MustCompile(`\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k\s*,\s*e\s*,\s*[a-z]\s*\)`)
	// word matches the placeholders of words in a packed script.
	word = regexp.MustCompile(`\w+`)
	// wordHigh is word for the packer's highest radix, 95, whose digits are Latin-1 letters.
	wordHigh = regexp.MustCompile(`[\x{a1}-\x{ff}]+`)
)

// unpack returns the unpacked scripts of text: it replaces placeholders by the words of the dictionary, and runs nothing. any
// is true if text has packed scripts.
func unpack(text string) (scripts []string, any bool) {
	left := maxUnpacked
	level := []string{text}
	for range maxNested {
		var next []string
		for _, t := range level {
			for _, at := range packed.FindAllStringIndex(t, maxPacked) {
				any = true
				if script, ok := unpackAt(t[at[1]:], left); ok {
					left -= len(script)
					next = append(next, script)
				}
			}
		}
		if len(next) == 0 {
			break
		}
		scripts = append(scripts, next...)
		level = next
	}
	return scripts, any
}

// unpackAt unpacks the script whose function body is at the start of text. The function's arguments are payload, radix,
// count, and dictionary.
func unpackAt(text string, most int) (string, bool) {
	// The body contains brackets and strings; the arguments come after the first "}(" that a quote follows.
	for {
		n := strings.Index(text, "}")
		if n < 0 || n > maxPackedBody {
			return "", false
		}
		rest := strings.TrimLeft(text[n+1:], " \t\r\n)")
		text = text[n+1:]
		if rest, ok := strings.CutPrefix(rest, "("); ok {
			rest = strings.TrimLeft(rest, " \t\r\n")
			if rest != "" && (rest[0] == '\'' || rest[0] == '"') {
				return unpackArguments(rest, most)
			}
		}
	}
}

// maxPackedBody bounds the unpacking function itself, which has some 300 bytes.
const maxPackedBody = 4096

func unpackArguments(text string, most int) (string, bool) {
	payload, rest, ok := quoted(text)
	if !ok {
		return "", false
	}
	radix, rest, ok := number(rest)
	if !ok || radix < 2 || radix > 95 {
		return "", false
	}
	if _, rest, ok = number(rest); !ok { // the count of words is the dictionary's length
		return "", false
	}
	words, ok := dictionary(strings.TrimLeft(rest, ", \t\r\n"))
	if !ok {
		return "", false
	}
	form := word
	if radix > 62 && wordHigh.MatchString(payload) {
		form = wordHigh
	}
	var b strings.Builder
	at := 0
	for _, m := range form.FindAllStringIndex(payload, -1) {
		b.WriteString(payload[at:m[0]])
		at = m[1]
		replacement := payload[m[0]:m[1]]
		if n, ok := digits(replacement, radix, form == wordHigh); ok && n < len(words) && words[n] != "" {
			replacement = words[n] // an empty word means the placeholder itself
		}
		if b.Len()+len(replacement) > most {
			return "", false
		}
		b.WriteString(replacement)
	}
	b.WriteString(payload[at:])
	return b.String(), b.Len() <= most
}

// dictionary reads the words of a packed script: 'a|b'.split('|'), or ['a','b'].
func dictionary(text string) (words []string, ok bool) {
	if list, ok := strings.CutPrefix(text, "["); ok {
		for {
			word, rest, ok := quoted(strings.TrimLeft(list, ", \t\r\n"))
			if !ok {
				return words, strings.HasPrefix(strings.TrimLeft(list, ", \t\r\n"), "]")
			}
			words, list = append(words, word), rest
		}
	}
	all, rest, ok := quoted(text)
	if !ok {
		return nil, false
	}
	separator := "|"
	if split, ok := strings.CutPrefix(rest, ".split("); ok {
		if separator, _, ok = quoted(split); !ok || separator == "" {
			return nil, false
		}
	}
	return strings.Split(all, separator), true
}

// digits parses a placeholder as an index into the dictionary.
func digits(s string, radix int, high bool) (n int, ok bool) {
	const most = 1 << 24 // more words than fit into a page
	for _, r := range s {
		d := -1
		switch {
		case high:
			d = int(r) - 161
		case '0' <= r && r <= '9':
			d = int(r - '0')
		case 'a' <= r && r <= 'z':
			d = int(r-'a') + 10
		case 'A' <= r && r <= 'Z' && radix <= 36:
			d = int(r-'A') + 10
		case 'A' <= r && r <= 'Z':
			d = int(r-'A') + 36
		}
		if d < 0 || d >= radix {
			return 0, false
		}
		if n = n*radix + d; n > most {
			return 0, false
		}
	}
	return n, s != ""
}

// quoted reads the string literal at the beginning of s; rest follows it.
func quoted(s string) (value, rest string, ok bool) {
	if s == "" || s[0] != '\'' && s[0] != '"' && s[0] != '`' {
		return "", "", false
	}
	var b strings.Builder
	from := 1
	for n := 1; n < len(s); n++ {
		switch s[n] {
		case s[0]:
			b.WriteString(s[from:n])
			return b.String(), s[n+1:], true
		case '\\':
			b.WriteString(s[from:n])
			if n++; n == len(s) {
				return "", "", false
			}
			from = n
			switch s[n] {
			case 'n', 'r', 't':
				b.WriteByte(' ')
				from = n + 1
			case '\n':
				from = n + 1
			}
		}
	}
	return "", "", false
}

// number reads a comma and an integer; rest follows them.
func number(s string) (n int, rest string, ok bool) {
	s = strings.TrimLeft(s, ", \t\r\n")
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(s[:end])
	return n, s[end:], err == nil
}
