package token

import (
	"strings"
)

// maxElementsOnStack is how many path elements are read without an allocation. It is no limit.
const maxElementsOnStack = 32

// maxSpan bounds the elements of one token: Akamai's acl may contain unescaped slashes.
const maxSpan = 16

// mark is what happens to a path element.
type mark uint8

const (
	place    mark = iota // not a token: it stays
	gone                 // a token, or a part of one: it is left out
	starred              // a hash or a time in an element of its own: replaced with "*"
	trimmed              // a token after a ';' (RFC 3986 section 3.3): the text before it stays
	shortest = 8         // the length of the shortest element that can be a token by itself
)

// path reads the tokens of a path, and sets in marks, which is as long as els, what happens to each element.
func (r *reader) path(els []string, marks []mark) {
	pairs, edge := r.pathPairs(els, marks)
	times, hashes := 0, 0
	for i := 0; i < len(els); {
		if marks[i] != place {
			i++
			continue
		}
		next := ""
		if i+1 < len(els) {
			next = els[i+1]
		}
		n := r.element(els[i], next, els[i:])
		if n == 0 && pairs && next != "" && (pairOfToken(els[i], next) || edge && pairOfEdge(els[i])) {
			n = 2
		}
		if n == 1 {
			if base, _, matrix := strings.Cut(els[i], ";"); matrix && strings.IndexByte(base, '=') < 0 {
				marks[i] = trimmed
				i++
				continue
			}
		}
		for j := i; j < i+n && j < len(els); j++ {
			marks[j] = gone
		}
		if n == 0 && len(els[i]) >= shortest {
			switch {
			case pathTime(els[i]):
				times++
			case apartHash(els[i]):
				hashes++
			}
		}
		i += max(n, 1)
	}
	if times > 0 && hashes > 0 && !pairs {
		r.apart(els, marks)
	}
}

// apart reads a hash and a time in separate path elements: /live22/<hash>/9981/<unix>/1.m3u8.
func (r *reader) apart(els []string, marks []mark) {
	var first, last int64
	for i, el := range els {
		switch {
		case marks[i] != place:
		case pathTime(el):
			n := unix(el)
			if first == 0 || n < first {
				first = n
			}
			last = max(last, n)
			marks[i] = starred
		case apartHash(el):
			marks[i] = starred
		}
	}
	if first == last {
		first = 0
	}
	r.found(last, first, "secure_link")
}

// A time without a name must lie in the years of HLS. Other numbers of its length are ids of accounts and programmes.
const (
	earliestBare = 1262304000 // 2010-01-01T00:00:00Z
	latestBare   = 2524608000 // 2050-01-01T00:00:00Z
)

// bareUnix reads a time in seconds without a name.
func bareUnix(s string) int64 {
	if len(s) != 10 || s[0] != '1' && s[0] != '2' {
		return 0
	}
	if n := unix(s); n >= earliestBare && n < latestBare {
		return n
	}
	return 0
}

// bareHexUnix reads a hexadecimal time without a name, up to 2038: eight hexadecimal digits can mean anything.
func bareHexUnix(s string) int64 {
	if n := hexUnix(s); n >= earliestBare && n < 1<<31 {
		return n
	}
	return 0
}

// pathTime reports whether an element is a Unix time in seconds or milliseconds and nothing else. Brightcove's ids of
// accounts, players and videos also have thirteen digits, and end in 001 or 112, as few times in milliseconds do.
func pathTime(el string) bool {
	if len(el) != 13 {
		return bareUnix(el) != 0
	}
	switch el[10:] {
	case "001", "112":
		return false
	}
	return bareUnix(el[:10]) != 0 && unix(el) != 0
}

// apartHash reports whether an element can be the hash that belongs to a time in another element.
func apartHash(el string) bool {
	return hashLike(el) || len(el) >= shortestRandom && randomLike(el) && random(el) || len(el) >= 32 && isHex(el, len(el)) && random(el)
}

// pathPairs reads tokens that are name/value pairs of elements: /expires/<unix>/sig/<x>/, googlevideo's. It reports
// whether the path has an expiry among them, and whether it is googlevideo's.
func (r *reader) pathPairs(els []string, marks []mark) (found, edge bool) {
	for i := 0; i+1 < len(els); i++ {
		name, value := els[i], els[i+1]
		if len(name) < 2 || len(name) > longestName || len(value) < shortest || marks[i] != place {
			continue
		}
		switch classOf(name) {
		case expiry, hexExpiry, anyExpiry, endTime:
			n := instant(value)
			if n == 0 {
				continue
			}
			format := "expires"
			if name == "expire" {
				format = "googlevideo"
			}
			r.found(n, 0, format)
			found = true
		case permit, secret, stamped, volatile:
			if value = unescape(value); !hashLike(value) && !uuid(value) && !random(value) && joined(value) == 0 && !(strings.HasPrefix(value, "eyJ") && tokenText(value)) {
				continue
			}
			r.permit(value)
		default:
			continue
		}
		marks[i], marks[i+1] = gone, gone
		edge = edge || name == "expire"
		i++
	}
	return found, edge
}

// pairOfToken reports whether the value after an element changes with the token, in a path of pairs.
func pairOfToken(name, value string) bool {
	switch classOf(name) {
	case shortHash:
		return hashLike(value) || random(value)
	case permit, secret, stamped, issue, start, life, companion:
		return true
	}
	return false
}

// pairOfEdge reports whether the value after an element names googlevideo's nearest edge, the route to it, or the session.
func pairOfEdge(name string) bool {
	switch name {
	case "ei", "mh", "mm", "mn", "ms", "mt", "mv", "mvi", "mip", "met", "pl", "ns", "n", "nsig", "spc", "bui", "xpc", "rms", "fvip", "gcr", "cps", "initcwndbps",
		"hls_chunk_host", "req_id", "redirect_counter", "cms_redirect", "cm2rm", "fexp":
		return true
	}
	return false
}

// element reads the token that begins at a path element, and returns how many elements it takes: 0 if there is none.
func (r *reader) element(el, next string, els []string) int {
	if len(el) < shortest {
		return 0
	}
	// The common case first: a short plain word.
	if strings.IndexByte(el, '%') >= 0 {
		el = unescape(el)
	}
	if next != "" {
		switch {
		case len(el) == 10 && bareUnix(el) != 0 && isHex(next, 32): // <unix>/<md5>
			r.found(bareUnix(el), 0, "secure_link")
			return 2
		case isHex(next, 32) && minuteStamp(el) != 0: // Alibaba B, Tencent B
			r.found(0, minuteStamp(el), "alibaba")
			return 2
		case len(next) == 10 && bareUnix(next) != 0 && hashLike(el): // <md5>/<unix>
			r.found(bareUnix(next), 0, "secure_link")
			return 2
		case len(next) == 8 && bareHexUnix(next) != 0 && hashLike(el): // Alibaba C, Tencent C, lighttpd
			r.found(0, hexUnix(next), "alibaba")
			return 2
		case len(el) == 8 && bareHexUnix(el) != 0 && isHex(next, 32): // <hex>/<md5>
			r.found(0, hexUnix(el), "alibaba")
			return 2
		}
	}
	if n := listed(el); n != 0 {
		r.found(n, 0, "secure_link")
		return 1
	}
	if len(el) >= 11+22 { // a time and a hash in one element; anything shorter is a name with a time in it
		if i := firstJoint(el); i == 8 || i == 10 {
			if n := eitherUnix(el[:i]); n != 0 && hashLike(el[i+1:]) {
				r.found(n, 0, "fastly")
				return 1
			}
		}
		if i := len(el) - 11; kinds[el[i]]&isJoint != 0 && hashLike(el[:i]) && unix(el[i+1:]) != 0 {
			r.found(unix(el[i+1:]), 0, "fastly")
			return 1
		}
	}
	if strings.HasPrefix(el, "eyJ") {
		if strings.Count(el, ".") >= 2 {
			r.encodedJSON(el, "jwt")
			return 1
		}
		if timedJSON(el) {
			r.encodedJSON(el, "json")
			return 1
		}
	}
	if strings.IndexByte(el, '=') < 0 {
		if strings.HasPrefix(el, "sec") && el[len(el)-1] == ')' && (el[3] == '(' || el[4] == '(') {
			return 1 // Dailymotion: sec(…), sec2(…)
		}
		return 0
	}
	r.text(el)
	if !tokenText(el) {
		return 0
	}
	// Akamai's acl may contain unescaped slashes: the token extends to the element with its hmac.
	if strings.Contains(el, "~acl=") && !strings.Contains(el, "hmac=") {
		for i, e := range els[1:min(len(els), maxSpan)] {
			if strings.Contains(e, "~hmac=") {
				return i + 2
			}
		}
	}
	return 1
}

// tokenText reports whether a text has the form of a token: a name=value list with an expiry or a signature in it, a JSON
// Web Token, base64 of JSON.
func tokenText(v string) bool {
	if strings.HasPrefix(v, "eyJ") {
		return strings.Count(v, ".") >= 2 && opaque(strings.ReplaceAll(v, ".", ""), 24) || timedJSON(v)
	}
	if len(v) < shortestText || strings.IndexByte(v, '=') < 0 || strings.Contains(v, "://") {
		return false
	}
	hash, short := false, false
	for v != "" {
		part := v
		if i := strings.IndexAny(v, "~&,;:|! "); i >= 0 {
			part, v = v[:i], v[i+1:]
		} else {
			v = ""
		}
		for {
			name, value, is := strings.Cut(part, "=")
			if !is {
				break
			}
			switch classOf(name) {
			case expiry, endTime:
				if instant(value) != 0 {
					return true
				}
			case hexExpiry, anyExpiry:
				if eitherUnix(value) != 0 {
					return true
				}
			case shortHash:
				hash = hash || hashLike(value)
			case shortEnd:
				short = short || shortTime(value) != 0
			case secret, permit, stamped, volatile:
				if len(value) >= 8 {
					return true
				}
			}
			part = value
		}
	}
	return hash && short
}
