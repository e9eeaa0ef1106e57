package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxTitle bounds a title, in bytes: a site's word goes into menus and windows.
const MaxTitle = 300

// CleanTitle makes a site's text fit for one line: control characters and runs of white space become one space, and
// what is too long is cut.
func CleanTitle(s string) string {
	if plainTitle(s) {
		return s
	}
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if len(s) <= MaxTitle {
		return s
	}
	end := MaxTitle
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.TrimSpace(s[:end]) + "…"
}

// plainTitle tells the many titles that are clean already: printable ASCII, without two spaces in a row.
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
