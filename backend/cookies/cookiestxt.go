package cookies

import (
	"bytes"
	"errors"
	"fmt"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxCookieFile bounds a cookies.txt in bytes; all cookies of a browser take some hundred KiB.
const maxCookieFile = 4 << 20

// Parse reads a cookies.txt in the Netscape format, as browser extensions, curl and yt-dlp write it: seven
// fields separated by tabs. A value is kept byte for byte, tabs included. An error names the line, never a value.
func Parse(text []byte) ([]Cookie, error) {
	var out []Cookie
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))) {
		n++
		s := strings.TrimRight(string(line), "\r\n")
		if rest, ok := cutPrefixFold(s, "#HttpOnly_"); ok {
			s = rest
		} else if s = strings.TrimLeft(s, " \t"); s == "" || s[0] == '#' {
			continue
		}
		f := cookieFields(s)
		if len(f) != 7 {
			return nil, fmt.Errorf("line %d: a cookie has 7 fields separated by tabs (Netscape cookies.txt), this line has %d", n, len(f))
		}
		c := Cookie{
			Domain:   strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(f[0], "."), ".")),
			HostOnly: !isTrue(f[1]) && !strings.HasPrefix(f[0], "."),
			Path:     f[2], Secure: isTrue(f[3]), Name: f[5], Value: f[6],
		}
		var ok bool
		if c.Expires, ok = cookieExpiry(f[4]); !ok {
			return nil, fmt.Errorf("line %d: the fifth field must be a Unix time, or 0 for a session cookie", n)
		}
		if !isCookieDomain(c.Domain) {
			return nil, fmt.Errorf("line %d: the first field is not a domain", n)
		}
		if c.Name == "" || strings.ContainsAny(c.Name, " \t=;") || !isCookieText(c.Name) || !isCookieText(c.Value) {
			return nil, fmt.Errorf("line %d: the name or the value cannot be sent in a Cookie header", n)
		}
		if !strings.HasPrefix(c.Path, "/") {
			c.Path = "/"
		}
		out = append(out, c)
	}
	return out, nil
}

// cookieFields splits a line into its seven fields.
func cookieFields(s string) []string {
	f := strings.SplitN(s, "\t", 7)
	if len(f) == 6 {
		f = append(f, "") // some editors drop the tab before an empty value
	}
	for i := range min(len(f), 5) {
		f[i] = strings.TrimSpace(f[i])
	}
	return f
}

// cookieExpiry reads a Unix time. Exporters also write fractions, milliseconds, Chromium's microseconds since 1601, and
// -1 or nothing for a session cookie.
func cookieExpiry(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	sec, err := strconv.ParseFloat(s, 64)
	const (
		milliseconds = 1e11 // as seconds, later than the year 5000
		microseconds = 1e14
		since1601    = 11644473600
		endOfTime    = 1e10
	)
	switch {
	case err != nil || sec != sec:
		return time.Time{}, false
	case sec <= 0:
		return time.Time{}, true
	case sec >= microseconds:
		if sec /= 1e6; sec > since1601 {
			sec -= since1601
		}
	case sec >= milliseconds:
		sec /= 1e3
	}
	return time.Unix(int64(min(sec, endOfTime)), 0).UTC(), true
}

func isTrue(s string) bool { return strings.EqualFold(s, "TRUE") || s == "1" }

func isCookieDomain(s string) bool {
	if addr, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil && addr.Is6() {
		return true
	}
	_, err := weburl.Parse("http://" + s + "/")
	return err == nil && s != "" && !strings.ContainsAny(s, "/?#@\\: ")
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// Read returns the cookies of the cookies.txt at path that have not expired at now; none for an empty path.
func Read(path string, now time.Time) ([]Cookie, error) {
	if path == "" {
		return nil, nil
	}
	fi, err := os.Stat(path)
	if err == nil && (!fi.Mode().IsRegular() || fi.Size() > maxCookieFile) {
		err = errors.New("it is not a regular file, or larger than 4 MiB")
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cookies file %s cannot be read: %s", path, stream.Describe(err))
	}
	cookies, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("cookies file %s: %w", path, err)
	}
	return slices.DeleteFunc(cookies, func(c Cookie) bool { return !c.Expires.IsZero() && c.Expires.Before(now) }), nil
}

// Load returns a new jar with the unexpired cookies of the cookies.txt at path; an empty jar for an empty path.
func Load(path string, now time.Time) (*Jar, error) {
	cookies, err := Read(path, now)
	if err != nil {
		return nil, err
	}
	jar := New()
	for _, c := range cookies {
		jar.Add(c)
	}
	return jar, nil
}
