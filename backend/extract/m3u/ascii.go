package m3u

import (
	"encoding/binary"
	"unicode/utf8"
)

// cutTag is bytes.CutPrefix, ignoring case.
func cutTag(line []byte, tag string) ([]byte, bool) {
	if len(line) < len(tag) || !equalFold(line[:len(tag)], tag) {
		return nil, false
	}
	return line[len(tag):], true
}

// equalFold compares ASCII, ignoring case, without an allocation.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for n := range b {
		if lower(b[n]) != lower(s[n]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
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

// isASCII examines eight bytes at a time.
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

// isWeb reports whether b begins with http: or https:.
func isWeb(b []byte) bool {
	if len(b) < len("https:") {
		return false
	}
	return equalFold(b[:5], "http:") || equalFold(b[:6], "https:")
}

// byteSet returns the set of the bytes in a text. Lists are long, and a table is faster than comparing.
func byteSet(in func(byte) bool) (set [256]bool) {
	for c := range set {
		set[c] = in(byte(c))
	}
	return set
}
