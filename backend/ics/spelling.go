package ics

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"gridwall/backend/charset"
)

// spelling is how the lines of one calendar are to be read: the whole of it decides, by the rule of package charset. What
// counts are its lines without their folds, for a fold may stand in the middle of a letter, and what they mean where they are
// written in quoted-printable.
type spelling struct {
	utf8 bool
	// old is the encoding of lines that are not UTF-8, if there is one.
	old encoding.Encoding
}

// maxShown limits the sample of non-UTF-8 lines used to guess the encoding, in bytes.
const maxShown = 16 << 10

func spellingOf(body []byte) spelling {
	letters, strays := 0, 0
	var shown []byte
	for line := range logicalLines(body) {
		l, s := charset.Count(line.text)
		if quotedPrintable(line.text) {
			if _, value, ok := bytes.Cut(line.text, []byte(":")); ok {
				l, s = charset.Count(unquoted(value))
			}
		}
		letters, strays = letters+l, strays+s
		if s > l && len(shown) < maxShown {
			shown = append(append(shown, line.text...), '\n')
		}
	}
	old := charset.Guess(shown)
	if old == nil {
		old = charmap.Windows1252
	}
	return spelling{letters >= strays, old}
}

// text reads a line as UTF-8; declared is the charset that it names itself, nil for none.
func (s spelling) text(line []byte, declared encoding.Encoding) []byte {
	switch {
	case utf8.Valid(line):
		return line
	case declared != nil:
		return charset.Text(line, declared)
	case s.utf8:
		return charset.Patch(line, nil)
	}
	plain, err := s.old.NewDecoder().Bytes(line)
	if err != nil {
		return charset.Patch(line, nil)
	}
	return plain
}
