package extract

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"gridwall/backend/httpclient"
)

// maxCookieFile bounds a cookies.txt; a browser's whole store takes some hundred KiB.
const maxCookieFile = 4 << 20

// FileCookie is one line of a Netscape cookies.txt.
type FileCookie struct {
	// Domain is without its leading dot; Subdomains tells whether the cookie goes to hosts below it as well.
	Domain     string
	Subdomains bool
	Path       string
	Secure     bool
	// Expires is zero for a cookie of the session.
	Expires     time.Time
	Name, Value string
}

// ParseCookies reads a cookies.txt in the Netscape format, as browsers' exporters, curl and yt-dlp write it: seven
// fields with a tab between. An error names the line, never a value.
func ParseCookies(text []byte) ([]FileCookie, error) {
	var out []FileCookie
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))) {
		n++
		s := strings.TrimRight(string(line), "\r\n")
		s = strings.TrimPrefix(s, "#HttpOnly_")
		if strings.TrimSpace(s) == "" || s[0] == '#' {
			continue
		}
		f := strings.Split(s, "\t")
		// An empty value's tab is lost in some editors.
		if len(f) == 6 {
			f = append(f, "")
		}
		if len(f) != 7 {
			return nil, fmt.Errorf("line %d: a cookie has 7 fields with a tab between (Netscape cookies.txt), this has %d", n, len(f))
		}
		c := FileCookie{
			Domain: strings.ToLower(strings.TrimPrefix(f[0], ".")), Subdomains: strings.EqualFold(f[1], "TRUE") || strings.HasPrefix(f[0], "."),
			Path: f[2], Secure: strings.EqualFold(f[3], "TRUE"), Name: f[5], Value: f[6],
		}
		// Some exporters write fractions.
		sec, err := strconv.ParseFloat(f[4], 64)
		if f[4] != "" && (err != nil || sec != sec || sec < -1 || sec > 1e12) {
			return nil, fmt.Errorf("line %d: the fifth field is a Unix time, 0 for a cookie of the session", n)
		}
		if sec > 0 {
			c.Expires = time.Unix(int64(sec), 0).UTC()
		}
		if c.Domain == "" || !httpguts.ValidHostHeader(c.Domain) || strings.ContainsAny(c.Domain, "/?#@\\ ") {
			return nil, fmt.Errorf("line %d: the first field is no domain", n)
		}
		if !httpguts.ValidHeaderFieldName(c.Name) || !httpguts.ValidHeaderFieldValue(c.Value) {
			return nil, fmt.Errorf("line %d: the name or the value cannot stand in a Cookie header", n)
		}
		if !strings.HasPrefix(c.Path, "/") {
			c.Path = "/"
		}
		out = append(out, c)
	}
	return out, nil
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
