package stream

import "strings"

// MaxViewer bounds the name that a viewer chooses, in characters: it is appended to every line of a playlist.
const MaxViewer = 64

// SpareViewer precedes the id of a stream in the name under which its spares are kept active: nobody watches those.
const SpareViewer = "spare-of-"

// IsViewer reports whether s is a valid viewer name: at most MaxViewer letters, digits, '.', '_' and '-'; "" means no name.
func IsViewer(s string) bool {
	return len(s) <= MaxViewer && !strings.ContainsFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-')
	})
}
