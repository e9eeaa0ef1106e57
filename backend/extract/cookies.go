package extract

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/httpclient"
)

// maxCookieFile bounds a cookies.txt; a browser's whole store takes some hundred KiB.
const maxCookieFile = 4 << 20

// FileCookie is one line of a Netscape cookies.txt.
type FileCookie struct {
	// Domain is without its leading dot; Subdomains reports whether the cookie goes to hosts below it as well.
	Domain     string
	Subdomains bool
	Path       string
	Secure     bool
	// Expires is zero for a cookie of the session.
	Expires     time.Time
	Name, Value string
}

// ParseCookies reads a cookies.txt in the Netscape format, as browsers' exporters, curl and yt-dlp write it: seven
// fields with a tab between. A value is kept byte for byte, tabs in it too. An error names the line, never a value.
func ParseCookies(text []byte) ([]FileCookie, error) {
	var out []FileCookie
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
			return nil, fmt.Errorf("line %d: a cookie has 7 fields with a tab between (Netscape cookies.txt), this has %d", n, len(f))
		}
		c := FileCookie{
			Domain: strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(f[0], "."), ".")), Subdomains: isTrue(f[1]) || strings.HasPrefix(f[0], "."),
			Path: f[2], Secure: isTrue(f[3]), Name: f[5], Value: f[6],
		}
		var ok bool
		if c.Expires, ok = cookieExpiry(f[4]); !ok {
			return nil, fmt.Errorf("line %d: the fifth field is a Unix time, 0 for a cookie of the session", n)
		}
		if !isDomain(c.Domain) {
			return nil, fmt.Errorf("line %d: the first field is no domain", n)
		}
		if c.Name == "" || strings.ContainsAny(c.Name, " \t=;") || !isCookieText(c.Name) || !isCookieText(c.Value) {
			return nil, fmt.Errorf("line %d: the name or the value cannot stand in a Cookie header", n)
		}
		if !strings.HasPrefix(c.Path, "/") {
			c.Path = "/"
		}
		out = append(out, c)
	}
	return out, nil
}

// cookieFields parts a line into its seven fields, where it has them.
func cookieFields(s string) []string {
	f := strings.SplitN(s, "\t", 7)
	if len(f) == 6 {
		f = append(f, "") // an empty value's tab is lost in some editors
	}
	for i := range min(len(f), 5) {
		f[i] = strings.TrimSpace(f[i])
	}
	return f
}

// cookieExpiry reads a Unix time. Exporters write fractions, milliseconds, Chromium's own microseconds since 1601, -1 or
// nothing for a cookie of the session.
func cookieExpiry(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	sec, err := strconv.ParseFloat(s, 64)
	const (
		milliseconds = 1e11 // seconds beyond are later than the year 5000
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

func isDomain(s string) bool {
	if addr, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil && addr.Is6() {
		return true
	}
	_, err := httpclient.Parse("http://" + s + "/")
	return err == nil && s != "" && !strings.ContainsAny(s, "/?#@\\: ")
}

// isCookieText reports whether s holds no control character but a tab.
func isCookieText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// CookieJar makes a fresh jar with the cookies of the file at path that have not expired at now; an empty path gives
// an empty jar.
func CookieJar(path string, now time.Time) (*httpclient.Jar, error) { return cookieJar(path, now) }

func cookieJar(path string, now time.Time) (*httpclient.Jar, error) {
	cookies, err := ReadCookies(path, now)
	if err != nil {
		return nil, err
	}
	jar := httpclient.NewJar()
	for _, c := range cookies {
		jar.Add(httpclient.Cookie{Name: c.Name, Value: c.Value, Domain: c.Domain, HostOnly: !c.Subdomains, Path: c.Path, Secure: c.Secure, Expires: c.Expires})
	}
	return jar, nil
}

// ReadCookies reads the cookies.txt at path: those of its cookies that have not expired at now. An empty path gives none.
func ReadCookies(path string, now time.Time) ([]FileCookie, error) {
	if path == "" {
		return nil, nil
	}
	fi, err := os.Stat(path)
	if err == nil && (!fi.Mode().IsRegular() || fi.Size() > maxCookieFile) {
		err = errors.New("it is no file, or greater than 4 MiB")
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cookies file %s cannot be read: %s", path, describe(err))
	}
	cookies, err := ParseCookies(text)
	if err != nil {
		return nil, fmt.Errorf("cookies file %s: %w", path, err)
	}
	return slices.DeleteFunc(cookies, func(c FileCookie) bool { return !c.Expires.IsZero() && c.Expires.Before(now) }), nil
}
