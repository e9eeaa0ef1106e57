// Package text formats foreign text and errors for dialogs, log lines and the arguments of other programs.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gridwall/backend/stream"
)

// Sentence returns the text of an error for a dialog: with a capital letter, with a full stop or question mark, and without tokens.
func Sentence(err error) string {
	s := strings.Join(strings.Fields(stream.RedactText(err.Error())), " ")
	if s == "" {
		return s
	}
	first, n := utf8.DecodeRuneInString(s)
	// Paths and file names keep their case.
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
