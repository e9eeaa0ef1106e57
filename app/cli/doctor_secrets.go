package cli

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"gridwall/backend/config"
	"gridwall/backend/source"
)

// checkSecrets warns about files that contain a secret and that other users of this machine can read.
func checkSecrets(paths config.Paths, entries []source.Entry) []finding {
	if runtime.GOOS == "windows" {
		return nil // file modes do not limit readers there
	}
	var files []string
	if c, err := config.Load(paths.Config); err == nil && (c.Server.Token != "" || c.Server.PlayToken != "") {
		files = append(files, paths.ConfigFile())
	}
	for _, e := range entries {
		if hasSecret(asWritten(e.Source)) && e.Source.File != "" {
			files = append(files, e.Source.File)
		}
		if e.Source.Cookies != "" {
			files = append(files, e.Source.Cookies)
		}
	}
	var out []finding
	for _, f := range files {
		if othersRead(f) {
			out = append(out, finding{warning, "secrets", fmt.Sprintf("%s contains a secret, and other users of this machine can read it", f), "chmod 600 " + f})
		}
	}
	return out
}

// asWritten returns a source without the values that its headers take from the environment, because its file does not contain them.
// It drops headers that contain no other value.
func asWritten(s source.Source) source.Source {
	text, err := os.ReadFile(s.File)
	if err != nil {
		return s
	}
	written, err := source.Parse(s.File, text, func(string) (string, bool) { return "", true })
	if err != nil {
		return s
	}
	for _, headers := range []map[string]string{written.Headers, written.StreamHeaders} {
		maps.DeleteFunc(headers, func(_, value string) bool { return withoutValue.MatchString(value) })
	}
	return written
}

// withoutValue matches a header value that consists only of a scheme or of names without values: "Bearer ", "a=; b=".
var withoutValue = regexp.MustCompile(`(?i)^\s*(?:(?:bearer|basic|token)\s*|(?:[^\s=;]+=\s*;?\s*)*)$`)

// hasSecret reports whether a source has a header that looks like a secret, or an address with a password.
func hasSecret(s source.Source) bool {
	for _, headers := range []map[string]string{s.Headers, s.StreamHeaders} {
		for name := range headers {
			name = strings.ToLower(name)
			for _, part := range []string{"auth", "cookie", "key", "token", "secret", "session", "password"} {
				if strings.Contains(name, part) {
					return true
				}
			}
		}
	}
	addresses := []string{s.URL, s.Proxy}
	for _, d := range s.Streams {
		addresses = append(addresses, d.URL)
	}
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil && u.User != nil {
			if _, set := u.User.Password(); set {
				return true
			}
		}
	}
	return false
}

// othersRead reports whether the modes of a file and of all folders above it let other users read it.
func othersRead(file string) bool {
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm()&0o004 == 0 {
		return false
	}
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}
