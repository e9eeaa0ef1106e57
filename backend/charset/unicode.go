package charset

import (
	"bytes"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Unicode returns the encoding of a text in UTF-16 or UTF-32, recognised by its first four bytes, and the length of its byte order
// mark. e is nil for UTF-8 and anything else. UTF-16 without a mark is recognised by the zeros in its first two letters.
func Unicode(head []byte) (e encoding.Encoding, mark int) {
	head = head[:min(len(head), 4)]
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
