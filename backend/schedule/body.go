package schedule

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"gridwall/backend/charset"
)

// maxGzip bounds how many layers of gzip are taken off: a file that was packed, sent packed once more.
const maxGzip = 2

// plain returns the text of a calendar: unpacked where it is packed by gzip, UTF-8 where it is UTF-16 or UTF-32, and without a byte
// order mark. It refuses what no calendar can be.
func plain(body []byte) ([]byte, error) {
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	for range maxGzip {
		if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
			break
		}
		unpacked, err := gunzip(body)
		if err != nil {
			return nil, err
		}
		body = unpacked
	}
	e, mark := charset.Unicode(body)
	body = body[mark:]
	if e != nil {
		decoded, err := e.NewDecoder().Bytes(body)
		if err != nil {
			return nil, fmt.Errorf("%w: a text in UTF-16 that cannot be read", ErrFormat)
		}
		body = bytes.TrimPrefix(decoded, []byte("\ufeff"))
	}
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, fmt.Errorf("%w: the answer is empty", ErrFormat)
	}
	return body, nil
}

func gunzip(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: packed by gzip, and damaged", ErrFormat)
	}
	out, err := io.ReadAll(io.LimitReader(r, MaxBody+1))
	switch {
	case len(out) > MaxBody:
		return nil, ErrTooLarge
	case err != nil && !(errors.Is(err, io.ErrUnexpectedEOF) && len(out) > 0): // what came before it broke off counts
		return nil, fmt.Errorf("%w: packed by gzip, and damaged", ErrFormat)
	}
	return out, nil
}

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
