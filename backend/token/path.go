package token

import (
	"slices"
	"strings"
	"time"
)

// maxElementsOnStack is how many path elements are read without an allocation; more are read as well.
const maxElementsOnStack = 32

// utc8 is the zone in which Alibaba writes its minutes.
var utc8 = time.FixedZone("UTC+8", 8*60*60)

// path reads the tokens of a path. With kept it also gathers the elements that are no token.
func (r *reader) path(path string, kept *[]string) {
	var room [maxElementsOnStack]string
	els := room[:0]
	for rest, more := path, path != ""; more; {
		var el string
		el, rest, more = strings.Cut(rest, "/")
		els = append(els, el)
	}
	pairs := false // googlevideo: the rest of the path is name/value pairs
	for i := 0; i < len(els); {
		next := ""
		if i+1 < len(els) {
			next = els[i+1]
		}
		n := r.element(els[i], next, els[i:])
		if n == 0 && els[i] == "expire" && unix(next) != 0 {
			r.found(unix(next), 0, "googlevideo")
			pairs, n = true, 2
		}
		if n == 0 && pairs && next != "" && pairOfToken(els[i]) {
			n = 2
		}
		if kept != nil {
			if n == 0 {
				*kept = append(*kept, els[i])
			} else if base, _, matrix := strings.Cut(els[i], ";"); matrix && n == 1 && strings.IndexByte(base, '=') < 0 {
				// RFC 3986 section 3.3: parameters of a segment; the segment itself is no token.
				*kept = append(*kept, base)
			}
		}
		i += max(n, 1)
	}
}

// pairOfToken names the pairs of a googlevideo path that change with the permission.
func pairOfToken(name string) bool {
	switch name {
	case "expire", "sig", "lsig", "signature", "ei", "ip", "sparams", "lsparams":
		return true
	}
	return false
}

// element reads the token that begins at a path element, and returns how many elements it takes: 0 if there is none.
func (r *reader) element(el, next string, els []string) int {
	if len(el) < 8 {
		return 0
	}
	// The common case first: a short plain word.
	if strings.IndexByte(el, '%') >= 0 {
		el = unescape(el)
	}
	if next != "" {
		switch {
		case isHex(next, 32) && unix(el) != 0 && len(el) == 10: // <unix>/<md5>
			r.found(unix(el), 0, "secure_link")
			return 2
		case isHex(next, 32) && minuteStamp(el) != 0: // Alibaba B, Tencent B
			r.found(0, minuteStamp(el), "alibaba")
			return 2
		case hashLike(el) && len(next) == 10 && unix(next) != 0: // <md5>/<unix>
			r.found(unix(next), 0, "secure_link")
			return 2
		case isHex(el, 32) && hexUnix(next) != 0: // Alibaba C
			r.found(0, hexUnix(next), "alibaba")
			return 2
		}
	}
	if n := listed(el); n != 0 {
		r.found(n, 0, "secure_link")
		return 1
	}
	if strings.HasPrefix(el, "eyJ") && strings.Count(el, ".") >= 2 {
		r.encodedJSON(el, "jwt")
		return 1
	}
	if strings.IndexByte(el, '=') < 0 {
		return 0
	}
	r.text(el)
	if !tokenText(el) {
		return 0
	}
	// Akamai's acl may hold slashes as they are: the token goes on up to the element with its hmac.
	if strings.Contains(el, "~acl=") && !strings.Contains(el, "hmac=") {
		for i, e := range els[1:] {
			if strings.Contains(e, "~hmac=") {
				return i + 2
			}
		}
	}
	return 1
}

// tokenText tells whether a text is a token by its shape: a name=value list with an expiry or a signature in it, a JSON
// web token.
func tokenText(v string) bool {
	if strings.HasPrefix(v, "eyJ") {
		return strings.Count(v, ".") >= 2 && opaque(strings.ReplaceAll(v, ".", ""), 24)
	}
	if len(v) < shortestText || strings.IndexByte(v, '=') < 0 || strings.Contains(v, "://") {
		return false
	}
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
				if unix(value) != 0 {
					return true
				}
			case secret, permit, stamped:
				if len(value) >= 8 {
					return true
				}
			}
			part = value
		}
	}
	return false
}

// minuteStamp reads YYYYMMDDHHMM in UTC+8; 0 is "no such time".
func minuteStamp(s string) int64 {
	if len(s) != 12 || s[0] != '2' {
		return 0
	}
	t, err := time.ParseInLocation("200601021504", s, utc8)
	if err != nil || !plausible(t.Unix()) {
		return 0
	}
	return t.Unix()
}

// Identity returns what is played, without the permission to play it: the host in lower case (with its port, unless
// that is the scheme's own), the path as written without token elements, and the query parameters that are no token,
// sorted, as "k=v&k=v". ok is false for what is no absolute http or https URL.
func Identity(rawURL string) (host, path, query string, ok bool) {
	scheme, host, rawPath, rawQuery := split(rawURL)
	isHTTP, isHTTPS := strings.EqualFold(scheme, "http"), strings.EqualFold(scheme, "https")
	if !isHTTP && !isHTTPS {
		return "", "", "", false
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host = strings.ToLower(host)
	if isHTTP {
		host = strings.TrimSuffix(host, ":80")
	} else {
		host = strings.TrimSuffix(host, ":443")
	}
	if host == "" {
		return "", "", "", false
	}
	var r reader
	var room [maxElementsOnStack]string
	kept := room[:0]
	r.path(rawPath, &kept)
	path = strings.Join(kept, "/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return host, path, identityQuery(rawQuery), true
}

func identityQuery(rawQuery string) string {
	if rawQuery == "" {
		return ""
	}
	var room [maxPairsOnStack]pair
	pairs := parsePairs(rawQuery, room[:0])
	beside := hashBeside(pairs)
	var keptRoom [maxPairsOnStack]string
	kept := keptRoom[:0]
	for _, p := range pairs {
		if isParam(p, beside) {
			continue
		}
		if classOf(p.name) == companion && beside && (named(pairs, "e") || named(pairs, "expires")) {
			continue
		}
		kept = append(kept, p.raw)
	}
	slices.Sort(kept)
	return strings.Join(kept, "&")
}
