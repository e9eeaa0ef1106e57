package token

import (
	"strings"
	"time"
)

// Life is what can be read of a token's times.
type Life struct {
	// Ends is when the token stops to be good, in UTC; zero if it cannot be read.
	Ends time.Time
	// Issued is when the token was made or became good, in UTC; zero if it cannot be read.
	Issued time.Time
	// Format names the format, as the package comment lists them.
	Format string
}

// maxText bounds what is looked at in one URL or cookie; what lies behind it is not read.
const maxText = 16 << 10

// URL reads the life of the token in a URL's query and path. Where several expiries stand in it, the earliest
// counts, for all of them must hold. ok is false if no token with a readable time was found; ok with a zero Ends
// says that there is a token whose life the URL does not tell.
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
	one := [1]pair{{raw: value, name: name, value: unescape(strings.Trim(value, `"`)), class: classOf(name)}}
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
	// within names the format that is read from inside another token; depth is how deep that is.
	within string
	depth  int
}

// found takes one token's times. The earliest end wins, and brings its own time of issue.
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
