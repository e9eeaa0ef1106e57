package token

import (
	"encoding/base64"
	"strings"
)

// shortestText is the length of the shortest text that can say when it ends: exp=978307200.
const shortestText = 13

// text reads tokens that show themselves by their shape, whatever the name of their parameter: name=value lists, JSON
// web tokens, JSON.
func (r *reader) text(v string) {
	if len(v) < shortestText {
		return
	}
	if v[0] == '{' {
		r.json(v, "json")
		return
	}
	if strings.HasPrefix(v, "eyJ") {
		r.encodedJSON(v, "jwt")
		return
	}
	if strings.IndexByte(v, '=') >= 0 {
		r.list(v)
	}
}

// list reads name=value lists: Akamai's (~), Google's (: in cookies), Bunny's path (&), a URL within a value. A name
// may stand before the list (hdntl=exp=…).
func (r *reader) list(v string) {
	var ends, issued int64
	format := "expires"
	if strings.Contains(v, "~acl=") {
		format = "akamai"
	}
	for v != "" {
		part := v
		if i := strings.IndexAny(v, "~&,;:|!?/ "); i >= 0 {
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
		if j := strings.LastIndexByte(name, '='); j >= 0 {
			name = name[j+1:]
		}
		switch classOf(name) {
		case expiry, endTime:
			// The earliest: a list may hold a session's expiry beside a segment's.
			if n := unix(value); n != 0 && (ends == 0 || n < ends) {
				ends = n
			}
		case start:
			issued = unix(value)
		case shortHash:
			if strings.EqualFold(name, "st") && unix(value) != 0 {
				issued = unix(value)
			}
		case secret:
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
	if ends != 0 {
		r.found(ends, issued, format)
	}
}

// maxJSON bounds the JSON of a policy or of a web token's claims, in bytes.
const maxJSON = 8 << 10

// encodedJSON reads base64 of JSON: the claims of a JSON web token (its second part), or a policy. CloudFront writes
// '-' for '+', '_' for '=' and '~' for '/'; base64url writes '_' for '/'.
func (r *reader) encodedJSON(v, format string) {
	if head, rest, dotted := strings.Cut(v, "."); dotted {
		if len(head) < 8 {
			return
		}
		v, _, _ = strings.Cut(rest, ".")
	} else if format == "jwt" {
		format = "json"
	}
	v = strings.TrimRight(v, "=_")
	if len(v) < shortestText || len(v) > maxJSON {
		return
	}
	var room, plain [1024]byte
	src, dst := room[:0], plain[:]
	for i := range len(v) {
		c := v[i]
		switch c {
		case '-', ' ': // a '+' that someone took for a space
			c = '+'
		case '_', '~':
			c = '/'
		}
		src = append(src, c)
	}
	if need := base64.RawStdEncoding.DecodedLen(len(src)); need > len(dst) {
		dst = make([]byte, need)
	}
	n, err := base64.RawStdEncoding.Decode(dst, src)
	if err != nil {
		return
	}
	r.jsonBytes(dst[:n], format)
}

func (r *reader) json(v, format string) {
	if len(v) > maxJSON {
		return
	}
	r.jsonBytes([]byte(v), format)
}

// jsonBytes reads the times of a JSON object: exp, expires, iat and nbf at its top, and a policy's DateLessThan
// wherever it stands.
func (r *reader) jsonBytes(b []byte, format string) {
	if !startsObject(b) {
		return
	}
	var ends, issued int64
	eachNumber(b, func(depth int, parent, key, number []byte) {
		n := unix(number)
		if n == 0 {
			return
		}
		switch {
		case depth == 1 && (string(key) == "exp" || string(key) == "expires" || string(key) == "expiry"),
			string(key) == "AWS:EpochTime" && string(parent) == "DateLessThan":
			if ends == 0 || n < ends {
				ends = n
			}
		case depth == 1 && (string(key) == "iat" || string(key) == "nbf"),
			string(key) == "AWS:EpochTime" && string(parent) == "DateGreaterThan":
			issued = max(issued, n)
		}
	})
	r.found(ends, issued, format)
}

func startsObject(b []byte) bool {
	for _, c := range b {
		switch c {
		case ' ', '\t', '\r', '\n', '+':
		default:
			return c == '{'
		}
	}
	return false
}

// maxDepth bounds the nesting that is followed; a policy has five levels.
const maxDepth = 12

// eachNumber walks JSON (or something like it: malformed text ends the walk, it is no error) and names every number
// that is a member of an object: how deep it stands, the key of the object that holds it, its own key. A number in
// quotes counts, a fraction is cut off.
func eachNumber(b []byte, visit func(depth int, parent, key, number []byte)) {
	var keys [maxDepth + 1][]byte
	depth := 0
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return
			}
			keys[depth] = nil
			i++
		case c == '}' || c == ']':
			if depth--; depth < 0 {
				return
			}
			i++
		case c == '"':
			end := i + 1
			for end < len(b) && b[end] != '"' {
				if b[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(b) {
				return
			}
			text := b[i+1 : end]
			i = end + 1
			for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
				i++
			}
			if i < len(b) && b[i] == ':' {
				keys[depth] = text
				i++
			} else if depth > 0 && keys[depth] != nil {
				visit(depth, keys[depth-1], keys[depth], text)
			}
		case c >= '0' && c <= '9':
			end := i
			for end < len(b) && b[end] >= '0' && b[end] <= '9' {
				end++
			}
			if depth > 0 && keys[depth] != nil {
				visit(depth, keys[depth-1], keys[depth], b[i:end])
			}
			for end < len(b) && (b[end] == '.' || b[end] == 'e' || b[end] == 'E' || b[end] == '+' || b[end] == '-' ||
				b[end] >= '0' && b[end] <= '9') {
				end++
			}
			i = end
		default:
			i++
		}
	}
}
