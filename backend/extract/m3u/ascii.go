package m3u

import (
	"encoding/binary"
	"unicode/utf8"

	"gridwall/backend/chanlist"
)

// cutTag is bytes.CutPrefix, ignoring case.
func cutTag(line []byte, tag string) ([]byte, bool) {
	if len(line) < len(tag) || !equalFold(line[:len(tag)], tag) {
		return nil, false
	}
	return line[len(tag):], true
}

// equalFold reports whether b and s are equal in ASCII, ignoring case. It does not allocate.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for n := range b {
		if chanlist.LowerASCII(b[n]) != chanlist.LowerASCII(s[n]) {
			return false
		}
	}
	return true
}

// validUTF8 reports whether b is UTF-8. A truncated line may end in the middle of a character.
func validUTF8(b []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut <= len(b); cut++ {
		if utf8.Valid(b[:len(b)-cut]) {
			return cut == 0 || len(b) == maxLine
		}
	}
	return false
}

// isASCII reports whether b is ASCII. It examines eight bytes at a time.
func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// skipBlanks returns the index of the first byte that is not a blank, from the position on.
func skipBlanks(b []byte, at int) int {
	for at < len(b) && isBlank(b[at]) {
		at++
	}
	return at
}

// byteSet returns a table of the bytes for which in returns true. Lists are long, and a table is faster than comparisons.
func byteSet(in func(byte) bool) (set [256]bool) {
	for c := range set {
		set[c] = in(byte(c))
	}
	return set
}
