package season

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"gridwall/backend/charset"
)

// maxGzip bounds the layers of gzip that are removed: some servers compress a compressed file again.
const maxGzip = 2

// DecodeBody returns the text of a calendar: decompressed if it is gzip, converted if it is UTF-16 or UTF-32, and without a
// byte order mark. The error is ErrTooLarge or ErrFormat; an empty body has no format.
func DecodeBody(body []byte) ([]byte, error) {
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
			return nil, fmt.Errorf("%w: text in UTF-16 that cannot be decoded", ErrFormat)
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
		return nil, fmt.Errorf("%w: damaged gzip data", ErrFormat)
	}
	out, err := io.ReadAll(io.LimitReader(r, MaxBody+1))
	switch {
	case len(out) > MaxBody:
		return nil, ErrTooLarge
	case err != nil && !(errors.Is(err, io.ErrUnexpectedEOF) && len(out) > 0): // the part before the break is used
		return nil, fmt.Errorf("%w: damaged gzip data", ErrFormat)
	}
	return out, nil
}
