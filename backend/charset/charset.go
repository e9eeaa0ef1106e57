// Package charset converts foreign text to UTF-8.
//
// What lives here: the rules for the encoding of text from servers, files and programs (byte order marks, UTF-16 without one,
// declared charsets, UTF-8 with damaged bytes, older encodings).
//
// What does not live here: reading answers (backend/extract, backend/schedule), and distinguishing text from media (backend/media).
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

// Named returns the encoding with the name (WHATWG); nil if there is none. It also returns nil for UTF-8 and UTF-16, because text in
// one of these is recognised without the name.
func Named(name string) encoding.Encoding {
	name = strings.Trim(name, " \t\r\n\"'")
	if len(name) == len("1251") && strings.HasPrefix(name, "125") {
		name = "windows-" + name // only the number of a Windows code page
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
	// headCharset matches the declaration of the encoding in a page, an XML document or a style sheet.
	headCharset = regexp.MustCompile(`(?i)<meta\s[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]+)|^\s*<\?xml\s[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]+)`)
)

// headLen bounds the search for a page's declaration, in bytes. Browsers search 1,024 bytes, but old pages, which need it, often
// have longer heads.
const headLen = 8 << 10

// Page converts a whole answer to UTF-8. The charset in its media type takes precedence over the one declared in a page or an XML
// document.
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

// Text converts a whole text to UTF-8. declared is the encoding given by its sender, nil for none. The whole text is decoded in
// the same way: if it has more UTF-8 letters than invalid bytes, it is UTF-8, regardless of declared, and only the invalid bytes are
// decoded differently. Otherwise it is in the declared encoding, if it is valid in that; otherwise in the one that its letters
// indicate (see Guess); otherwise in Windows-1252, which includes Latin-1.
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

// escaped reports whether text has the escape sequences of ISO-2022-JP.
func escaped(text []byte) bool {
	return bytes.Contains(text, []byte("\x1b$B")) || bytes.Contains(text, []byte("\x1b$@"))
}

// decode decodes text; ok is false if it is invalid in the encoding.
func decode(text []byte, e encoding.Encoding) (plain []byte, ok bool) {
	plain, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return bytes.ToValidUTF8(text, []byte(string(utf8.RuneError))), false
	}
	return plain, bytes.Count(plain, []byte(string(utf8.RuneError)))*maxDamage <= len(text)
}

// maxDamage bounds the damage in a text: one in maxDamage bytes may be invalid in the right encoding.
const maxDamage = 100

// Count counts the evidence for and against UTF-8: valid non-ASCII letters, and invalid bytes.
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

// Patch converts UTF-8 with damaged bytes: each of those is decoded as Windows-1252, or in the declared encoding if that has one
// byte for each letter. Undefined bytes become U+FFFD.
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
			if r = old.DecodeByte(text[0]); r < 0xa0 { // C1 does not occur in text
				r = utf8.RuneError
			}
		}
		out = utf8.AppendRune(out, r)
		text = text[size:]
	}
	return out
}

// letter reads the non-ASCII letter at the start of b. A surrogate pair, as Java and old databases write it (CESU-8), is one
// letter. If it is invalid, ok is false, r is U+FFFD, and size is greater than 1 for a truncated letter.
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
	// A lead byte with too few continuation bytes: a truncated letter.
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
	if size == need { // enough continuation bytes, but not a valid letter
		size = 1
	}
	return utf8.RuneError, size, false
}

// surrogate reads a surrogate of three bytes; 0 if b does not start with one whose second byte is at least from.
func surrogate(b []byte, from byte) rune {
	if len(b) < 3 || b[0] != 0xed || b[1]&0xf0 != from || b[2]&0xc0 != 0x80 {
		return 0
	}
	return 0xd000 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f)
}
