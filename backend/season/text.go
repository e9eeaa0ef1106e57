package season

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
)

// Clip returns foreign text for an error message: on one line, and shortened.
func Clip(s string) string {
	const most = 60
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Label returns foreign text for display: on one line, without control characters, and shortened.
func Label(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Slug returns text as part of an id: lower-case letters and digits with hyphens between them.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() > 100 {
			break
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}

// CalendarKey returns the key of a calendar: its kind if the address is the public one, otherwise the kind with the host and a hash
// of the address, which may be secret.
func CalendarKey(kind, address, public string) string {
	if address == "" || strings.TrimRight(address, "/") == public {
		return kind
	}
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = Slug(u.Hostname()) + "-"
	}
	sum := sha256.Sum256([]byte(address))
	return kind + "-" + host + hex.EncodeToString(sum[:4])
}
