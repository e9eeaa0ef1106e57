package token

import "strings"

// Identity returns a URL without its token: the host in lower case (with its port, unless it
// is the scheme's default), the path as written without token elements, and the query parameters that do not belong to
// a token, sorted, as "k=v&k=v". A hash and a time in separate path elements are replaced with "*". ok is false if
// rawURL is not an absolute http or https URL.
func Identity(rawURL string) (host, path, query string, ok bool) {
	host, rawPath, rawQuery, ok := parts(rawURL)
	if !ok {
		return "", "", "", false
	}
	var elRoom [maxElementsOnStack]string
	var markRoom [maxElementsOnStack]mark
	els, marks := elements(rawPath, elRoom[:0], markRoom[:0])
	var r reader
	r.path(els, marks)
	nameSubject(els, marks)
	return host, joinPath(els, marks), identityQuery(rawQuery), true
}

// Likeness is Identity for formats that the table does not know: it also removes path elements and parameter values that
// look random or are a time. Two feeds can have the same Likeness, so it must not be the only evidence.
func Likeness(rawURL string) (host, path, query string, ok bool) {
	host, rawPath, rawQuery, ok := parts(rawURL)
	if !ok {
		return "", "", "", false
	}
	var elRoom [maxElementsOnStack]string
	var markRoom [maxElementsOnStack]mark
	els, marks := elements(rawPath, elRoom[:0], markRoom[:0])
	var r reader
	r.path(els, marks)
	for i, el := range els {
		if marks[i] == place && changing(unescape(el)) {
			marks[i] = starred
		}
	}
	nameSubject(els, marks)
	kept := make([]string, 0, 8)
	for part := range strings.SplitSeq(identityQuery(rawQuery), "&") {
		if _, value, _ := strings.Cut(part, "="); !changing(unescape(value)) {
			kept = append(kept, part)
		}
	}
	return host, joinPath(els, marks), strings.Join(kept, "&"), true
}

// nameSubject replaces Cloudflare Stream's web token, the only part of the URL that names the video, with the video's id.
func nameSubject(els []string, marks []mark) {
	for i := 0; i+1 < len(els); i++ {
		if marks[i] != gone || els[i+1] != "manifest" || !strings.HasPrefix(els[i], "eyJ") {
			continue
		}
		var room [1024]byte
		_, claims, _ := strings.Cut(els[i], ".")
		claims, _, _ = strings.Cut(claims, ".")
		eachValue(decode(claims, room[:]), func(depth int, _, key, value []byte) {
			if depth == 1 && string(key) == "sub" && len(value) == 32 && isHex(string(value), 32) {
				els[i], marks[i] = string(value), place
			}
		})
	}
}

// changing reports whether a text looks like something that differs at each extraction.
func changing(s string) bool {
	if rest, ok := strings.CutPrefix(s, "0."); ok && len(rest) >= 6 && strings.Trim(rest, "0123456789") == "" {
		return true // Math.random()
	}
	return hashLike(s) || uuid(s) || unix(s) != 0 || len(s) >= 12 && randomLike(s) || random(s)
}

// parts returns the host as Identity returns it, the path and the query.
func parts(rawURL string) (host, path, query string, ok bool) {
	scheme, host, path, query := split(rawURL)
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
	return host, path, query, host != ""
}

func elements(path string, els []string, marks []mark) ([]string, []mark) {
	for rest, more := path, path != ""; more; {
		var el string
		el, rest, more = strings.Cut(rest, "/")
		els, marks = append(els, el), append(marks, place)
	}
	return els, marks
}

func joinPath(els []string, marks []mark) string {
	var room [maxElementsOnStack]string
	kept := room[:0]
	for i, el := range els {
		switch marks[i] {
		case place:
			kept = append(kept, el)
		case starred:
			kept = append(kept, "*")
		case trimmed:
			base, _, _ := strings.Cut(el, ";")
			kept = append(kept, base)
		}
	}
	path := strings.Join(kept, "/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return path
}
