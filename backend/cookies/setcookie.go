package cookies

import (
	"gridwall/backend/weburl"
	"strconv"
	"strings"
	"time"
)

// maxCookie bounds name and value of one cookie together, in bytes, as browsers do.
const maxCookie = 4096

// Cookie is one cookie as it was set. Name and Value are kept byte for byte: quotes, backslashes, commas and JSON are
// part of the value.
type Cookie struct {
	Name, Value string
	// Domain is the host that the cookie was set for, without a leading dot. HostOnly excludes its subdomains.
	Domain   string
	HostOnly bool
	Path     string
	Secure   bool
	// Expires is zero for a cookie of the session.
	Expires time.Time
}

// parseSetCookie reads one Set-Cookie line (RFC 6265bis, section 5.6). Domain is as written, "" if there is none. ok is false
// if browsers ignore the line.
func parseSetCookie(line string, now time.Time) (c Cookie, ok bool) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, has := strings.Cut(pair, "=")
	if !has {
		name, value = "", pair
	}
	c.Name, c.Value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if c.Name == "" && c.Value == "" || len(c.Name)+len(c.Value) > maxCookie || !isCookieText(c.Name) || !isCookieText(c.Value) {
		return c, false
	}
	maxAge := false
	for attributes != "" {
		var attribute string
		attribute, attributes, _ = strings.Cut(attributes, ";")
		key, value, _ := strings.Cut(attribute, "=")
		key, value = strings.ToLower(strings.Trim(key, " \t")), strings.Trim(value, " \t")
		if len(value) > 1024 {
			continue
		}
		switch key {
		case "domain":
			c.Domain = weburl.PlainHost(strings.TrimPrefix(value, "."))
			if c.Domain == "" && value != "" {
				return c, false
			}
		case "path":
			c.Path = ""
			if strings.HasPrefix(value, "/") {
				c.Path = value
			}
		case "secure":
			c.Secure = true
		case "max-age":
			if expires, ok := afterAge(value, now); ok {
				c.Expires, maxAge = expires, true
			}
		case "expires":
			if expires, ok := cookieDate(value); ok && !maxAge {
				c.Expires = expires
			}
		}
	}
	return c, true
}

// isCookieText reports whether s contains no control character but tabs: browsers drop other cookies.
func isCookieText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// maxLife bounds the lifetime of a cookie, as browsers do (400 days).
const maxLife = 400 * 24 * time.Hour

func afterAge(value string, now time.Time) (time.Time, bool) {
	digits, past := strings.CutPrefix(value, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case past || err == nil && n == 0:
		return time.Unix(1, 0), true
	case err != nil || n > int64(maxLife/time.Second):
		return now.Add(maxLife), true
	}
	return now.Add(time.Duration(n) * time.Second), true
}

// cookieDate reads a date as leniently as RFC 6265bis, section 5.1.1: any order, any delimiters, with or without day names.
func cookieDate(s string) (time.Time, bool) {
	var hour, minute, second, day, month, year int
	var hasTime, hasDay, hasMonth, hasYear bool
	for s != "" {
		n := 0
		for n < len(s) && !isDateDelimiter(s[n]) {
			n++
		}
		if n == 0 {
			s = s[1:]
			continue
		}
		word := s[:n]
		s = s[n:]
		if !hasTime {
			if hour, minute, second, hasTime = clock(word); hasTime {
				continue
			}
		}
		n, width := leadingDigits(word)
		switch {
		case !hasDay && (width == 1 || width == 2):
			day, hasDay = n, true
		case !hasMonth && width == 0 && monthOf(word) > 0:
			month, hasMonth = monthOf(word), true
		case !hasYear && width >= 2 && width <= 4:
			year, hasYear = n, true
		}
	}
	switch {
	case year >= 70 && year <= 99:
		year += 1900
	case year >= 0 && year <= 69:
		year += 2000
	}
	if !hasTime || !hasDay || !hasMonth || !hasYear || day < 1 || day > 31 || year < 1601 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return t, t.Day() == day
}

func isDateDelimiter(c byte) bool {
	return c == '\t' || c >= ' ' && c <= '/' || c >= ';' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

func clock(word string) (h, m, s int, ok bool) {
	parts := strings.SplitN(word, ":", 3)
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, p := range parts {
		v, width := leadingDigits(p)
		if width < 1 || width > 2 || i < 2 && width != len(p) {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	return n[0], n[1], n[2], true
}

// leadingDigits returns the number at the start of word, and how many digits it has; five and more count as five.
func leadingDigits(word string) (n, width int) {
	for width < len(word) && width < 5 && word[width] >= '0' && word[width] <= '9' {
		n = n*10 + int(word[width]-'0')
		width++
	}
	return n, width
}

func monthOf(word string) int {
	if len(word) < 3 {
		return 0
	}
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	if i := strings.Index(names, strings.ToLower(word[:3])); i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	return 0
}
