// Package charset reads foreign text as UTF-8.
//
// What lives here: the one rule for the encoding of what servers, files and programs send (byte order marks, UTF-16
// without one, declared charsets, UTF-8 with damaged bytes, older encodings).
//
// What does not: reading answers (backend/extract, backend/schedule), and telling texts from media (backend/media).
package charset

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
)

// Named returns the encoding with that name (WHATWG); nil if there is none, or where it is UTF-8 or UTF-16: text that
// only claims to be one of those is something else.
func Named(name string) encoding.Encoding {
	name = strings.Trim(name, " \t\r\n\"'")
	if len(name) == len("1251") && strings.HasPrefix(name, "125") {
		name = "windows-" + name // a code page of Windows, by its number alone
	}
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

// OfType returns the encoding that a media type names; nil if it names none.
func OfType(contentType string) encoding.Encoding {
	_, params, err := mime.ParseMediaType(contentType)
	if name := params["charset"]; err == nil && name != "" {
		return Named(name)
	}
	// Some servers send lines that are not media types: "text/html; charset=windows-1251; charset=windows-1251".
	if m := typeCharset.FindStringSubmatch(contentType); m != nil {
		return Named(m[1])
	}
	return nil
}

var (
	typeCharset = regexp.MustCompile(`(?i)charset\s*=\s*["']?([\w.:-]+)`)
	// headCharset finds what a page, an XML document or a style sheet says of itself.
	headCharset = regexp.MustCompile(`(?i)<meta\s[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]+)|^\s*<\?xml\s[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]+)`)
)

// headLen is how far a page may say of itself what it is written in. Browsers look at 1,024 bytes; the pages that need it are
// old, and longer heads are common.
const headLen = 8 << 10

// Page reads a whole answer as UTF-8. The charset that its media type names counts first, then the one that a page or an XML
// document names itself.
func Page(text []byte, contentType string) []byte {
	if utf8.Valid(text) && !escaped(text) {
		return text
	}
	declared := OfType(contentType)
	if declared == nil {
		if m := headCharset.FindSubmatch(text[:min(len(text), headLen)]); m != nil {
			declared = Named(string(m[1]) + string(m[2]))
		}
	}
	return Text(text, declared)
}

// Text reads a whole text as UTF-8. declared is the encoding that its sender names, nil for none. What is decided holds for all
// of it: where the letters that are UTF-8 outnumber the bytes that are not, it is UTF-8 whatever was declared, and those bytes
// alone are read otherwise. Else it is in the declared encoding, if it can be; else in the one that its letters
// show (see Guess), else in Windows-1252, which has all of Latin-1.
func Text(text []byte, declared encoding.Encoding) []byte {
	if utf8.Valid(text) {
		if declared == japanese.ISO2022JP && escaped(text) {
			if plain, ok := decode(text, declared); ok {
				return plain
			}
		}
		return text
	}
	letters, strays := Count(text)
	if letters > strays || letters == strays && declared == nil {
		return Patch(text, declared)
	}
	if declared != nil {
		if plain, ok := decode(text, declared); ok {
			return plain
		}
	}
	if guess := Guess(text); guess != nil {
		if plain, ok := decode(text, guess); ok {
			return plain
		}
	}
	plain, _ := decode(text, charmap.Windows1252)
	return plain
}

// escaped reports whether text has the sequences that switch ISO-2022-JP to its letters.
func escaped(text []byte) bool {
	return bytes.Contains(text, []byte("\x1b$B")) || bytes.Contains(text, []byte("\x1b$@"))
}

// decode reads text in the encoding; ok is false if it cannot be in it.
func decode(text []byte, e encoding.Encoding) (plain []byte, ok bool) {
	plain, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return bytes.ToValidUTF8(text, []byte(string(utf8.RuneError))), false
	}
	return plain, bytes.Count(plain, []byte(string(utf8.RuneError)))*maxDamage <= len(text)
}

// maxDamage is of how many bytes one may be unreadable in an encoding that a text is really in.
const maxDamage = 100

// Count counts what speaks for UTF-8 and what against it: the letters beyond ASCII that are UTF-8, and the bytes that are not.
func Count(text []byte) (letters, strays int) {
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[1:]
			continue
		}
		_, size, ok := letter(text)
		if ok {
			letters++
		} else {
			strays++
		}
		text = text[size:]
	}
	return letters, strays
}

// Patch reads text that is UTF-8 with damaged bytes: each of those is read in Windows-1252, or in the declared encoding where
// that has one byte a letter. What such a byte cannot mean becomes U+FFFD.
func Patch(text []byte, declared encoding.Encoding) []byte {
	old, ok := declared.(*charmap.Charmap)
	if !ok {
		old = charmap.Windows1252
	}
	out := make([]byte, 0, len(text)+len(text)/16)
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			out = append(out, text[0])
			text = text[1:]
			continue
		}
		r, size, ok := letter(text)
		if !ok && size == 1 {
			if r = old.DecodeByte(text[0]); r < 0xa0 { // C1, which no text has
				r = utf8.RuneError
			}
		}
		out = utf8.AppendRune(out, r)
		text = text[size:]
	}
	return out
}

// letter reads the letter beyond ASCII that b begins with. Pairs of surrogates, as Java and old databases write them (CESU-8),
// are one. ok is false if it is none: r is U+FFFD then, and size greater than 1 where a letter was cut off.
func letter(b []byte) (r rune, size int, ok bool) {
	r, size = utf8.DecodeRune(b)
	if r != utf8.RuneError || size > 1 {
		return r, size, true
	}
	if high, low := surrogate(b, 0xa0), rune(0); high > 0 {
		if low = surrogate(b[3:], 0xb0); low > 0 {
			return 0x10000 + (high&0x3ff)<<10 + low&0x3ff, 6, true
		}
	}
	// A lead byte and continuations that are too few: a letter that was cut.
	need := 0
	switch c := b[0]; {
	case len(b) < 2, c == 0xe0 && b[1] < 0xa0, c == 0xf0 && b[1] < 0x90, c == 0xf4 && b[1] > 0x8f: // not the start of a letter
	case c >= 0xe0 && c <= 0xef:
		need = 3
	case c >= 0xf0 && c <= 0xf4:
		need = 4
	}
	for size < min(need, len(b)) && b[size]&0xc0 == 0x80 {
		size++
	}
	if size == need { // continuations enough, and still no letter
		size = 1
	}
	return utf8.RuneError, size, false
}

// surrogate returns half a pair in three bytes; 0 where b does not begin with one whose second byte is at least from.
func surrogate(b []byte, from byte) rune {
	if len(b) < 3 || b[0] != 0xed || b[1]&0xf0 != from || b[2]&0xc0 != 0x80 {
		return 0
	}
	return 0xd000 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f)
}
