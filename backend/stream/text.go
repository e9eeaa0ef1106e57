package stream

import (
	"strings"
	"unicode"
)

// SingleLine returns text as one line without invisible characters: line ends, control and direction marks. Titles come from
// sites, and are shown in menus, notifications and other programs.
func SingleLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// Truncate shortens text to n runes, of which the last is an ellipsis.
func Truncate(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return strings.TrimRight(string(r[:n-1]), " ") + "…"
}

// OneLine returns an error's text as one line without tokens.
func OneLine(err error) string {
	return strings.Join(strings.Fields(RedactText(err.Error())), " ")
}
