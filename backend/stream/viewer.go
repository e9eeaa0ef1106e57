package stream

import "strings"

// MaxViewer bounds the name that a viewer gives itself, in characters: it stands behind every line of a playlist.
const MaxViewer = 64

// IsViewer reports whether s can be a viewer's name: at most MaxViewer letters, digits, '.', '_' and '-'; "" is none.
func IsViewer(s string) bool {
	return len(s) <= MaxViewer && !strings.ContainsFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-')
	})
}
