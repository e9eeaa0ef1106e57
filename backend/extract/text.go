package extract

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"unicode"

	"gridwall/backend/charset"
	"gridwall/backend/stream"
)

// maxGzip is how many layers of gzip are removed: servers compress files that are compressed already.
const maxGzip = 2

var gzipMagic = []byte{0x1f, 0x8b}

// Text returns the answer's body as text: gzip is unpacked whatever the headers claim, UTF-16 and UTF-32 become UTF-8,
// and a byte order mark is dropped. Other encodings pass unchanged: package charset decodes them. It is bounded like Body.
func (a *Answer) Text() io.Reader {
	limit := a.limit
	if limit <= 0 {
		limit = MaxAnswer
	}
	return newText(a.Body, a.shown, limit)
}

// Text returns the page's body as UTF-8: decompressed, without a byte order mark, and decoded by package charset.
func (p *Page) Text() ([]byte, error) {
	text, err := io.ReadAll(newText(bytes.NewReader(p.Body), p.Shown(), MaxAnswer))
	if err != nil {
		return text, err
	}
	return charset.Page(text, p.ContentType), nil
}

// PlainText returns the output of a program as UTF-8 without a byte order mark, unpacked if it is gzip. Output that cannot
// be unpacked is returned unchanged.
func PlainText(b []byte) []byte {
	text, err := io.ReadAll(newText(bytes.NewReader(b), "the output", MaxAnswer))
	if err != nil {
		return b
	}
	return charset.Text(text, nil)
}

// newText returns a reader of r's text, as Text does. shown names the answer in errors.
func newText(r io.Reader, shown string, limit int64) io.Reader {
	b := bufio.NewReader(r)
	for range maxGzip {
		// The next read returns Peek's error again.
		if head, _ := b.Peek(len(gzipMagic)); !bytes.Equal(head, gzipMagic) {
			break
		}
		z, err := gzip.NewReader(b)
		if err != nil {
			return failedReader{gzipError(shown, err)}
		}
		b = bufio.NewReader(&unpacked{z: z, shown: shown, left: limit})
	}
	head, _ := b.Peek(4)
	e, mark := charset.Unicode(head)
	b.Discard(mark)
	if e != nil {
		return e.NewDecoder().Reader(b)
	}
	return b
}

// unpacked reads gzip. It bounds the unpacked bytes.
type unpacked struct {
	z     *gzip.Reader
	shown string
	left  int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, fetchError(u.shown, ErrTooLarge, "is too large after unpacking: %v", ErrTooLarge)
	}
	if err != nil && err != io.EOF {
		err = gzipError(u.shown, err)
	}
	return n, err
}

func gzipError(shown string, err error) error {
	var mine *FetchError
	if errors.As(err, &mine) {
		return err
	}
	return fetchError(shown, err, "is a gzip file that cannot be unpacked: %s", stream.Describe(err))
}

// failedReader is a reader that always fails with err.
type failedReader struct{ err error }

func (f failedReader) Read([]byte) (int, error) { return 0, f.err }

func isGraph(c byte) bool { return c > ' ' && c < 0x7f }

// TrimBlanks removes invisible characters around a text or a line: white space, zero bytes, and byte order marks, which
// remain inside texts when files are joined.
func TrimBlanks(text []byte) []byte {
	if n := len(text); n > 0 && isGraph(text[0]) && isGraph(text[n-1]) {
		return text // the usual case
	}
	return bytes.TrimFunc(text, func(r rune) bool { return r == 0 || r == '\ufeff' || unicode.IsSpace(r) })
}
