package token

import (
	"strings"
	"time"
)

// Life is what can be read of a token's times.
type Life struct {
	// Ends is when the token stops to be good, in UTC; zero where it cannot be read.
	Ends time.Time
	// Issued is when the token was made or became good, in UTC; zero where it cannot be read.
	Issued time.Time
	// Format names the format, as the package comment lists them.
	Format string
}

// An expiry outside these bounds is a number that merely looks like one.
const (
	earliest = 978307200  // 2001-01-01T00:00:00Z
	latest   = 4102444800 // 2100-01-01T00:00:00Z
)

// maxText bounds what is looked at in one URL or cookie; what lies behind it is not read.
const maxText = 16 << 10

// URL reads the life of the token in a URL's query and path. Where several expiries stand in it, the earliest
// counts, for all of them must hold. ok is false where no token with a readable time was found; ok with a zero Ends
// says that there is a token whose life the URL does not tell.
func URL(rawURL string) (life Life, ok bool) {
	_, _, path, query := split(rawURL)
	var r reader
	r.path(path, nil)
	if query != "" {
		var room [maxPairsOnStack]pair
		r.query(parsePairs(query, room[:0]))
	}
	return r.life()
}

// Cookie reads the life of the token in one cookie.
func Cookie(name, value string) (life Life, ok bool) {
	if len(value) > maxText {
		value = value[:maxText]
	}
	// CloudFront names its cookies after its query parameters.
	if len(name) > len(cloudfrontPrefix) && strings.EqualFold(name[:len(cloudfrontPrefix)], cloudfrontPrefix) {
		name = name[len(cloudfrontPrefix):]
	}
	var r reader
	one := [1]pair{{raw: value, name: name, value: unescape(strings.Trim(value, `"`))}}
	r.query(one[:])
	return r.life()
}

const cloudfrontPrefix = "CloudFront-"

// reader gathers the times that are found, in Unix seconds; 0 is none.
type reader struct {
	ends, issued int64
	format       string
	// stamp is the issue time of a token that names no end.
	stamp       int64
	stampFormat string
}

// found takes one token's times. The earliest end wins, and brings its own time of issue.
func (r *reader) found(ends, issued int64, format string) {
	if issued < earliest || issued >= latest {
		issued = 0
	}
	if ends == 0 {
		if issued != 0 && r.stamp == 0 {
			r.stamp, r.stampFormat = issued, format
		}
		return
	}
	if r.ends == 0 || ends < r.ends {
		r.ends, r.issued, r.format = ends, issued, format
	}
}

func (r *reader) life() (Life, bool) {
	switch {
	case r.ends != 0:
		l := Life{Ends: time.Unix(r.ends, 0).UTC(), Format: r.format}
		if r.issued != 0 {
			l.Issued = time.Unix(r.issued, 0).UTC()
		}
		return l, true
	case r.stamp != 0:
		return Life{Issued: time.Unix(r.stamp, 0).UTC(), Format: r.stampFormat}, true
	}
	return Life{}, false
}

// split takes a URL apart without allocating: scheme, authority, path (as written) and query (as written). A URL
// without scheme and host is all path and query.
func split(rawURL string) (scheme, authority, path, query string) {
	s := rawURL
	if len(s) > maxText {
		s = s[:maxText]
	}
	if i := strings.IndexByte(s, '#'); i >= 0 {
		s = s[:i]
	}
	if i := strings.IndexByte(s, '?'); i >= 0 {
		s, query = s[:i], s[i+1:]
	}
	if i := strings.Index(s, "://"); i > 0 && strings.IndexByte(s[:i], '/') < 0 {
		scheme, s = s[:i], s[i+3:]
		if i := strings.IndexByte(s, '/'); i >= 0 {
			return scheme, s[:i], s[i:], query
		}
		return scheme, s, "", query
	}
	return "", "", s, query
}

// unescape undoes percent-encoding, twice where a value was encoded twice. A '+' stays what it is: in base64 it is
// a digit. What is no valid escape stays as written.
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

// unix reads a plausible time in seconds or milliseconds; 0 is "no such time".
func unix[T string | []byte](s T) int64 {
	if len(s) < 9 || len(s) > 13 {
		return 0
	}
	var n int64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		n = n*10 + int64(s[i]-'0')
	}
	if n >= earliest*1000 {
		n /= 1000
	}
	if n < earliest || n >= latest {
		return 0
	}
	return n
}

// hexUnix reads a plausible time in seconds, in hexadecimal: eight digits; 0 is "no such time".
func hexUnix(s string) int64 {
	if len(s) != 8 {
		return 0
	}
	var n int64
	for i := range len(s) {
		d := hexDigit(s[i])
		if d < 0 {
			return 0
		}
		n = n<<4 | int64(d)
	}
	if n < earliest || n >= latest {
		return 0
	}
	return n
}

// isHex tells whether s consists of n hexadecimal digits.
func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if hexDigit(s[i]) < 0 {
			return false
		}
	}
	return true
}

// hashLike tells whether s can be a hash: an MD5, SHA-1 or SHA-256 in hexadecimal or base64.
func hashLike(s string) bool {
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

// randomLike tells base64 of random bytes from a word: digits, lower and upper case, and no other sign than
// base64's.
func randomLike(s string) bool {
	var digit, lower, upper bool
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case c == '-' || c == '_' || c == '+' || c == '/' || c == '=':
		default:
			return false
		}
	}
	return digit && lower && upper
}

// opaque tells whether s consists of at least n signs of base64 or hexadecimal and nothing else.
func opaque(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			continue
		}
		switch c {
		case '-', '_', '+', '/', '=', '~':
		default:
			return false
		}
	}
	return true
}

// uuid tells whether s is a UUID (RFC 9562 section 4).
func uuid(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' &&
		isHex(s[:8], 8) && isHex(s[9:13], 4) && isHex(s[14:18], 4) && isHex(s[19:23], 4) && isHex(s[24:], 12)
}
