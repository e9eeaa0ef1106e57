package extract

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// maxGzip bounds how many layers of gzip are taken off: a file that was packed, sent packed once more.
const maxGzip = 2

var gzipMagic = []byte{0x1f, 0x8b}

// Text is the answer's body as text: gzip is unpacked whatever the header said of it, UTF-16 and UTF-32 become UTF-8, and a
// byte order mark is dropped. Other bytes pass as they are; see Charset. It is bounded like Body.
func (a *Answer) Text() io.Reader {
	limit := a.limit
	if limit <= 0 {
		limit = MaxAnswer
	}
	return newText(a.Body, a.shown, limit)
}

// Text is the page's body as UTF-8: unpacked, without a byte order mark, and decoded by its type's charset where it is
// not UTF-8.
func (p *Page) Text() ([]byte, error) {
	text, err := io.ReadAll(newText(bytes.NewReader(p.Body), p.Shown(), MaxAnswer))
	if err != nil || utf8.Valid(text) {
		return text, err
	}
	if plain, err := Charset(p.ContentType).NewDecoder().Bytes(text); err == nil {
		return plain, nil
	}
	return text, nil
}

// PlainText is what a program printed, as UTF-8 without a byte order mark; what cannot be unpacked stays as it is.
func PlainText(b []byte) []byte {
	text, err := io.ReadAll(newText(bytes.NewReader(b), "the output", MaxAnswer))
	if err != nil {
		return b
	}
	return text
}

// Charset is how text that is not UTF-8 is to be read: as the media type says, else as Windows-1252, which has all of
// Latin-1.
func Charset(contentType string) encoding.Encoding {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		if e := NamedCharset(params["charset"]); e != nil {
			return e
		}
	}
	return charmap.Windows1252
}

// NamedCharset is the encoding with that name (WHATWG); nil where there is none, or where it is UTF-8 or UTF-16: text that
// only claims to be one of those is something else.
func NamedCharset(name string) encoding.Encoding {
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	switch canonical, _ := htmlindex.Name(e); canonical {
	case "utf-8", "utf-16le", "utf-16be", "replacement":
		return nil
	}
	return e
}

// newText reads r as Text does. shown names the answer in errors.
func newText(r io.Reader, shown string, limit int64) io.Reader {
	b := bufio.NewReader(r)
	for range maxGzip {
		// Peek's error comes again with the next read.
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
	e, mark := unicodeOf(head)
	b.Discard(mark)
	if e != nil {
		return e.NewDecoder().Reader(b)
	}
	return b
}

// unicodeOf tells by the first four bytes of a text which Unicode encoding it has, and how long its byte order mark is;
// nil for UTF-8 and anything else. Text without a mark is known by the zeros of its first two letters.
func unicodeOf(head []byte) (e encoding.Encoding, mark int) {
	starts := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	zero := func(at ...int) bool {
		for i, c := range head {
			want := false
			for _, z := range at {
				want = want || z == i
			}
			if (c == 0) != want {
				return false
			}
		}
		return len(head) == 4
	}
	switch {
	case starts("\xef\xbb\xbf"):
		return nil, 3
	case starts("\xff\xfe\x00\x00"):
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 4
	case starts("\x00\x00\xfe\xff"):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 4
	case starts("\xff\xfe"):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2
	case starts("\xfe\xff"):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2
	case zero(1, 3):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 0
	case zero(0, 2):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 0
	}
	return nil, 0
}

// unpacked reads a gzip, bounded by what it unpacks to.
type unpacked struct {
	z     *gzip.Reader
	shown string
	left  int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, fetchError(u.shown, ErrTooLarge, "unpacks to more than it may: %v", ErrTooLarge)
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
	return fetchError(shown, err, "is a gzip file that cannot be unpacked: %s", describe(err))
}

// failedReader fails at once.
type failedReader struct{ err error }

func (f failedReader) Read([]byte) (int, error) { return 0, f.err }
