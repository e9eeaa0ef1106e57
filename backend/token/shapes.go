package token

import "strings"

// The classes of a byte, one bit each.
const (
	isDigit = 1 << iota
	isLower
	isUpper
	isHexDigit
	isSign64 // a punctuation character of base64, of the standard or the URL alphabet
	isTilde
	isJoint // joins a time and a hash

	isOpaque = isDigit | isLower | isUpper | isSign64 | isTilde
)

// kinds has the classes of each byte.
var kinds = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= '0' && c <= '9':
			t[c] = isDigit | isHexDigit
		case c >= 'a' && c <= 'z':
			t[c] = isLower
		case c >= 'A' && c <= 'Z':
			t[c] = isUpper
		case c == '-' || c == '_' || c == '+' || c == '/' || c == '=':
			t[c] = isSign64
		case c == '~':
			t[c] = isTilde
		}
		if c|0x20 >= 'a' && c|0x20 <= 'f' && c < 128 {
			t[c] |= isHexDigit
		}
		switch c {
		case '_', '-', ':', '.', '|', '~':
			t[c] |= isJoint
		}
	}
	return t
}()

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// isHex reports whether s consists of n hexadecimal digits.
func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if kinds[s[i]]&isHexDigit == 0 {
			return false
		}
	}
	return true
}

// hashLike reports whether s can be a hash: an MD5, SHA-1 or SHA-256 in hexadecimal (0x before it or not) or base64.
func hashLike(s string) bool {
	if len(s) > 2 && s[0] == '0' && s[1] == 'x' {
		s = s[2:]
		return (len(s) == 32 || len(s) == 40 || len(s) == 64) && isHex(s, len(s))
	}
	switch len(strings.TrimRight(s, "=")) {
	case 32, 40, 64:
		if isHex(s, len(s)) {
			return true
		}
	case 22, 27, 43:
	default:
		return false
	}
	return randomLike(s)
}

// randomLike reports whether s looks like base64 of random bytes: digits, lower and upper case, and only characters of
// base64.
func randomLike(s string) bool {
	var seen uint8
	for i := range len(s) {
		k := kinds[s[i]]
		if k&(isDigit|isLower|isUpper|isSign64) == 0 {
			return false
		}
		seen |= k
	}
	return seen&(isDigit|isLower|isUpper) == isDigit|isLower|isUpper
}

// opaque reports whether s consists of at least n characters of base64 or hexadecimal and nothing else.
func opaque(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for i := range len(s) {
		if kinds[s[i]]&isOpaque == 0 {
			return false
		}
	}
	return true
}

// opaqueParts is opaque for a text whose parts are joined by colons.
func opaqueParts(s string, n int) bool {
	for i := range len(s) {
		switch {
		case kinds[s[i]]&isOpaque != 0:
			n--
		case s[i] != ':':
			return false
		}
	}
	return n <= 0
}

// uuid reports whether s is a UUID (RFC 9562 section 4).
func uuid(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' &&
		isHex(s[:8], 8) && isHex(s[9:13], 4) && isHex(s[14:18], 4) && isHex(s[19:23], 4) && isHex(s[24:], 12)
}

// shortestRandom is the minimum length, in bytes, of a text without a name that counts as random by its looks alone.
const shortestRandom = 20

// random reports whether a text of shortestRandom characters or more looks random: it uses the alphabet of base64, and
// changes between digits, lower and upper case at least every fourth character; hexadecimal text with digits and letters
// always counts. Words, dates and numbers do not look random, however they are joined; a capital at the start of a word is
// not a change.
func random(s string) bool {
	if len(s) < shortestRandom {
		return false
	}
	if isHex(s, len(s)) && strings.Trim(s, "0123456789") != "" && strings.ContainsAny(s, "0123456789") {
		return true
	}
	changes := 0
	last, before := byte(0), byte(0)
	for i := range len(s) {
		var kind byte
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			kind = 'd'
		case c >= 'a' && c <= 'z':
			kind = 'l'
		case c >= 'A' && c <= 'Z':
			kind = 'u'
		case c == '-' || c == '_' || c == '+' || c == '=' || c == '~' || c == '.':
			kind = 's'
		default:
			return false
		}
		if last != 0 && kind != last && kind != 's' && last != 's' {
			changes++
			if last == 'u' && kind == 'l' && (before == 0 || before == 's') || last == 'l' && kind == 'u' {
				changes-- // World, WorldFeed
			}
		}
		if kind != last {
			before, last = last, kind
		}
	}
	return changes*4 >= len(s) || mixed(s)
}

// mixed reports whether a text changes its case within words as words do not: base64 with few digits.
func mixed(s string) bool {
	odd := 0
	for i := 1; i+1 < len(s); i++ {
		up := s[i] >= 'A' && s[i] <= 'Z'
		if up && s[i-1] >= 'a' && s[i-1] <= 'z' && (s[i+1] < 'a' || s[i+1] > 'z') {
			odd++ // aBC, aB1: a word's capital is followed by small letters
		}
	}
	return odd >= 2 && odd*10 >= len(s)
}

// unescape undoes percent-encoding, twice if a value was encoded twice. It keeps '+', which is a digit in base64, and invalid
// escapes.
func unescape(s string) string {
	for range 2 {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return s
		}
		out := make([]byte, 0, len(s))
		out = append(out, s[:i]...)
		for ; i < len(s); i++ {
			if s[i] == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0 {
				out = append(out, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
				i += 2
				continue
			}
			out = append(out, s[i])
		}
		if string(out) == s {
			return s
		}
		s = string(out)
	}
	return s
}
