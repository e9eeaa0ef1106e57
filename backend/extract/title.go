package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxTitle bounds a title, in bytes: titles from sites are shown in menus and windows, and offsets are stored by them.
const MaxTitle = 300

// CleanTitle returns s as a title on one line: control characters, those that change the direction of the text after them, and runs of
// white space become one space, and it is cut to MaxTitle bytes.
func CleanTitle(s string) string {
	if plainTitle(s) {
		return s
	}
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
	}), " ")
	if len(s) <= MaxTitle {
		return s
	}
	end := MaxTitle - len("…")
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.TrimSpace(s[:end]) + "…"
}

// plainTitle reports whether s is clean already, as most titles are: printable ASCII, without two spaces in a row.
func plainTitle(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && last == ' ' {
			return false
		}
		last = s[i]
	}
	return len(s) <= MaxTitle && (s == "" || last != ' ')
}
