package token

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// shortestText is the length of the shortest text with an expiry: exp=978307200.
const shortestText = 13

// text reads tokens that are recognised by their form, under any parameter name: name=value lists, JSON Web Tokens, JSON.
func (r *reader) text(v string) {
	if len(v) < shortestText {
		return
	}
	if v[0] == '{' {
		if len(v) <= maxEncoded {
			r.jsonBytes([]byte(v), "json")
		}
		return
	}
	if strings.HasPrefix(v, "ey") {
		r.encodedJSON(v, "jwt")
		return
	}
	if strings.IndexByte(v, '=') >= 0 {
		r.list(v)
	}
}

// list reads name=value lists: Akamai's (~), Google's (: in cookies), Bunny's path (&), a URL within a value. The list may
// itself have a name (hdntl=exp=…).
func (r *reader) list(v string) {
	var ends, issued, lasts, short int64
	sealed := false // something in the list is a signature
	format := "expires"
	if strings.Contains(v, "~acl=") {
		format = "akamai"
	}
	for v != "" {
		part := v
		if i := strings.IndexAny(v, "~&,;:|!?/ *"); i >= 0 {
			part, v = v[:i], v[i+1:]
		} else {
			v = ""
		}
		part = strings.TrimRight(part, "=")
		i := strings.LastIndexByte(part, '=')
		if i < 0 {
			continue
		}
		name, value := part[:i], part[i+1:]
		if name != "" && (name[0] == '(' || name[0] == '[') {
			name = name[1:]
		}
		if n := len(value) - 1; n >= 0 && (value[n] == ')' || value[n] == ']') {
			value = value[:n]
		}
		if j := strings.LastIndexByte(name, '='); j >= 0 {
			name = name[j+1:]
		}
		switch classOf(name) {
		case expiry, endTime, windowEnd:
			// The earliest counts: a list may hold the expiry of a session and that of a segment.
			if n := instant(value); n != 0 && (ends == 0 || n < ends) {
				ends = n
			} else if n == 0 {
				lasts = max(lasts, seconds(value))
			}
		case hexExpiry, anyExpiry:
			if n := eitherUnix(value); n != 0 && (ends == 0 || n < ends) {
				ends = n
			}
		case shortEnd:
			short = shortTime(value)
		case start, issue:
			issued = max(issued, instant(value))
		case life:
			lasts = max(lasts, seconds(value))
		case shortHash:
			if strings.EqualFold(name, "st") && unix(value) != 0 {
				issued = unix(value)
			}
			sealed = sealed || hashLike(value)
		case permit, stamped:
			sealed = sealed || len(value) >= 8
			if strings.HasPrefix(value, "eyJ") {
				r.encodedJSON(value, "jwt")
			}
		case secret:
			sealed = sealed || len(value) >= 8
			switch {
			case strings.EqualFold(name, "hmac"):
				format = "akamai"
			case strings.EqualFold(name, "keyname"), strings.EqualFold(name, "urlprefix"):
				format = "google"
			}
		default:
			if strings.HasPrefix(value, "eyJ") {
				r.encodedJSON(value, "jwt")
			}
		}
	}
	switch {
	case ends != 0:
		r.found(ends, issued, format)
	case short != 0 && sealed:
		r.found(short, issued, "secure_link")
	case issued != 0 && lasts != 0 && sealed:
		r.found(issued+lasts, issued, "life")
	}
}

// maxEncoded bounds the decoded text, in bytes: a policy, a web token's claims, a list of parameters.
const maxEncoded = 8 << 10

// decode undoes base64, of the standard or the URL alphabet, padded or not, with spaces for '+', and CloudFront's, which
// writes '_' for '=' and '~' for '/'. It uses room if that is large enough, and returns nil for text that is not base64.
func decode(v string, room []byte) []byte {
	v = strings.TrimRight(v, "=_")
	if len(v) < shortestText || len(v) > maxEncoded {
		return nil
	}
	var srcRoom [1024]byte
	src := srcRoom[:0]
	for i := range len(v) {
		c := v[i]
		switch c {
		case '-', ' ':
			c = '+'
		case '_', '~':
			c = '/'
		}
		src = append(src, c)
	}
	if need := base64.RawStdEncoding.DecodedLen(len(src)); need > len(room) {
		room = make([]byte, need)
	}
	n, err := base64.RawStdEncoding.Decode(room, src)
	if err != nil {
		return nil
	}
	return room[:n]
}

// encodedJSON reads base64 of JSON: the claims of a JSON Web Token (its second part), or a policy, with or without a
// signature after a dot. It returns false if there is no JSON.
func (r *reader) encodedJSON(v, format string) bool {
	head, rest, dotted := strings.Cut(v, ".")
	if dotted {
		if len(head) < 8 {
			return false
		}
		claims, _, _ := strings.Cut(rest, ".")
		if r.decodedJSON(claims, format) {
			return true
		}
	}
	if format == "jwt" {
		format = "json"
	}
	return r.decodedJSON(head, format)
}

func (r *reader) decodedJSON(v, format string) bool {
	var room [1024]byte
	plain := decode(v, room[:])
	if !startsObject(plain) {
		return false
	}
	r.jsonBytes(plain, r.named(format))
	return true
}

// timedJSON reports whether v is base64 of JSON with the time when a token expires or was issued.
func timedJSON(v string) bool {
	var r reader
	return strings.HasPrefix(v, "ey") && r.encodedJSON(v, "json") && (r.ends != 0 || r.stamp != 0)
}

// encoded reads base64 of another format: JSON, name=value parameters (Nimble), <time>_<hash> (Fastly's example), Kaltura's
// session. It returns false if it finds none of them.
func (r *reader) encoded(v string) bool {
	if r.depth >= maxNesting || !textInside(v) {
		return false
	}
	var room [1024]byte
	return r.inside(decode(v, room[:]))
}

// hexadecimal does what encoded does, for a text in hexadecimal.
func (r *reader) hexadecimal(v string) bool {
	if r.depth >= maxNesting || len(v) < 2*shortestText || len(v) > maxEncoded || !isHex(v, len(v)) || !printableByte(byte(hexDigit(v[0])<<4|hexDigit(v[1]))) {
		return false
	}
	plain, err := hex.DecodeString(v)
	return err == nil && r.inside(plain)
}

// inside reads a decoded text.
func (r *reader) inside(plain []byte) bool {
	if !printable(plain) {
		return false
	}
	text := string(plain)
	outer := r.within
	r.depth++
	defer func() { r.depth--; r.within = outer }()
	switch {
	case startsObject(plain):
		r.jsonBytes(plain, "json")
	case strings.HasPrefix(text, "eyJ"):
		return r.encodedJSON(text, "jwt")
	case opaque(text, 16) && r.encoded(text): // base64 of base64
	case joined(text) != 0:
		r.found(joined(text), 0, "fastly")
	case kaltura(text) != 0:
		r.found(kaltura(text), 0, "kaltura")
	case strings.Contains(text, "validminutes="):
		r.within = "nimble"
		fallthrough
	case strings.IndexByte(text, '=') > 0 && strings.IndexByte(text, '&') > 0:
		var pairRoom [maxPairsOnStack]pair
		r.query(parsePairs(text, pairRoom[:0]))
	case strings.IndexByte(text, '=') > 0:
		r.list(text)
	default:
		end, began := parted(text, maxParts)
		r.found(end, began, "fastly")
		return end != 0
	}
	return true
}

// maxParts bounds the parts of a text that was decoded from base64.
const maxParts = 8

// textInside reports whether the first characters of v are base64 of text. Most tokens are random bytes, which shows in the
// first three or four.
func textInside(v string) bool {
	if len(v) < 16 {
		return false
	}
	for i := 0; i < 16; i += 4 {
		a, b, c, d := digit64(v[i]), digit64(v[i+1]), digit64(v[i+2]), digit64(v[i+3])
		if (a|b|c|d) < 0 || !printableByte(byte(a<<2|b>>4)) || !printableByte(byte(b<<4|c>>2)) || !printableByte(byte(c<<6|d)) {
			return false
		}
	}
	return true
}

// digit64 returns the value of a base64 digit as decode reads it; -1 if it is none.
func digit64(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+' || c == '-' || c == ' ':
		return 62
	case c == '/' || c == '_' || c == '~':
		return 63
	}
	return -1
}

// kaltura reads a KS of version 1: <sha1>|<partner>;<partner>;<expiry>;…
func kaltura(text string) int64 {
	if len(text) < 48 || text[40] != '|' || !isHex(text[:40], 40) {
		return 0
	}
	fields := strings.SplitN(text[41:], ";", 4)
	if len(fields) < 4 {
		return 0
	}
	return unix(fields[2])
}

func printable(b []byte) bool {
	for _, c := range b {
		if !printableByte(c) {
			return false
		}
	}
	return len(b) > 0
}

func printableByte(c byte) bool {
	return c >= ' ' && c <= '~' || c == '\t' || c == '\n' || c == '\r'
}
