package token

import (
	"strings"
	"time"
)

// Life holds the times of a token, as far as they are readable.
type Life struct {
	// Ends is when the token expires, in UTC; zero if it cannot be read.
	Ends time.Time
	// Issued is when the token was issued or becomes valid, in UTC; zero if it cannot be read.
	Issued time.Time
	// Format names the format, as the package comment lists them.
	Format string
}

// maxText bounds how much of a URL or cookie is read, in bytes.
const maxText = 16 << 10

// URL reads the lifetime of the token in a URL's query and path. If there are several expiries, the earliest counts, because
// all of them must be valid. ok is false if there is no token with a readable time; ok with a zero Ends means that there is a
// token whose expiry the URL does not show.
func URL(rawURL string) (life Life, ok bool) {
	_, _, path, query := split(rawURL)
	var r reader
	var elRoom [maxElementsOnStack]string
	var markRoom [maxElementsOnStack]mark
	els, marks := elements(path, elRoom[:0], markRoom[:0])
	r.path(els, marks)
	if query != "" {
		var room [maxPairsOnStack]pair
		r.query(parsePairs(query, room[:0]))
	}
	return r.life()
}

// Cookie reads the lifetime of the token in a cookie.
func Cookie(name, value string) (life Life, ok bool) {
	if len(value) > maxText {
		value = value[:maxText]
	}
	// CloudFront names its cookies after its query parameters.
	if len(name) > len(cloudfrontPrefix) && strings.EqualFold(name[:len(cloudfrontPrefix)], cloudfrontPrefix) {
		name = name[len(cloudfrontPrefix):]
	}
	var r reader
	one := [1]pair{{raw: value, name: name, value: unescape(strings.Trim(value, `"`)), class: classOf(name)}}
	r.query(one[:])
	return r.life()
}

const cloudfrontPrefix = "CloudFront-"

// reader collects the times that are found, in Unix seconds; 0 if there is none.
type reader struct {
	ends, issued int64
	format       string
	// stamp is the issue time of a token without an expiry.
	stamp       int64
	stampFormat string
	// within is the format of the enclosing token, if a token inside another is read; depth is the number of enclosing tokens.
	within string
	depth  int
}

// found records one token's times. The earliest expiry wins, together with its time of issue.
func (r *reader) found(ends, issued int64, format string) {
	if issued < earliest || issued >= latest {
		issued = 0
	}
	if !plausible(ends) {
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

// split splits a URL without allocating: scheme, authority, path (as written) and query (as written). A URL without scheme
// and host has only a path and a query.
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
