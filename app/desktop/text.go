package desktop

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gridwall/backend/stream"
)

// sentence is an error as a dialog shows it: a capital letter first, a full stop last where no sign ends it, no token inside.
func sentence(err error) string {
	s := strings.Join(strings.Fields(stream.RedactText(err.Error())), " ")
	if s == "" {
		return s
	}
	first, n := utf8.DecodeRuneInString(s)
	// A path or a file name keeps its letters.
	if word, _, _ := strings.Cut(s, " "); !strings.ContainsAny(word, "/\\.:_=") {
		s = string(unicode.ToUpper(first)) + s[n:]
	}
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}

// plain is foreign text, such as a feed's title, fit for one argument of another program, or one line of a dialog.
func plain(s string, most int) string {
	var b strings.Builder
	for _, r := range s {
		if !unicode.IsPrint(r) && r != ' ' {
			r = ' '
		}
		if b.Len()+utf8.RuneLen(r) > most {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
