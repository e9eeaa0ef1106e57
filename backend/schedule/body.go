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
	"golang.org/x/text/encoding/unicode"
)

// plain returns the text of a calendar: unpacked where it is packed by gzip, UTF-8 where it is UTF-16, and without a byte
// order mark. It refuses what no calendar can be.
func plain(body []byte) ([]byte, error) {
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		unpacked, err := gunzip(body)
		if err != nil {
			return nil, err
		}
		body = unpacked
	}
	if order := utf16Order(body); order != nil {
		decoded, err := order.NewDecoder().Bytes(body)
		if err != nil {
			return nil, fmt.Errorf("%w: a text in UTF-16 that cannot be read", ErrFormat)
		}
		body = decoded
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
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

// utf16Order is the encoding of a text in UTF-16, by its byte order mark or by the zero beside its first letter; nil for
// all others.
func utf16Order(body []byte) encoding.Encoding {
	if len(body) < 4 {
		return nil
	}
	switch {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}), body[0] != 0 && body[1] == 0 && body[2] != 0 && body[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}), body[0] == 0 && body[1] != 0 && body[2] == 0 && body[3] != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}

// utf8Text is text as UTF-8. What is not UTF-8 is taken for Windows-1252, of which Latin-1 is a part.
func utf8Text(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	if decoded, err := charmap.Windows1252.NewDecoder().Bytes(text); err == nil {
		return decoded
	}
	return bytes.ToValidUTF8(text, []byte("?"))
}
