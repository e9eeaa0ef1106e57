// Package text makes foreign texts and errors fit for a dialog, a log line or an argument of another program.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gridwall/backend/stream"
)

// Sentence returns an error as a dialog shows it: it begins with a capital letter, ends with a full stop or question mark,
// and holds no token.
func Sentence(err error) string {
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

// Plain returns foreign text, such as a stream's title, as one printable line of at most most bytes.
func Plain(s string, most int) string {
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
