package ics

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"gridwall/backend/charset"
)

// textEncoding is how the lines of one calendar are decoded. The whole calendar decides, by the rule of package charset. Lines
// are counted unfolded, because a fold may split a letter, and with quoted-printable decoded.
type textEncoding struct {
	utf8 bool
	// old is the encoding of lines that are not UTF-8, if there is one.
	old encoding.Encoding
}

// maxSample limits the sample of non-UTF-8 lines that is used to guess the encoding, in bytes.
const maxSample = 16 << 10

func detectEncoding(body []byte) textEncoding {
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
		if s > l && len(shown) < maxSample {
			shown = append(append(shown, line.text...), '\n')
		}
	}
	old := charset.Guess(shown)
	if old == nil {
		old = charmap.Windows1252
	}
	return textEncoding{letters >= strays, old}
}

// text decodes a line; declared is the charset that the line itself declares, nil for none.
func (s textEncoding) text(line []byte, declared encoding.Encoding) []byte {
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
