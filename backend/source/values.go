package source

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"gridwall/backend/stream"
	"gridwall/backend/tomlfile"
	"gridwall/backend/weburl"
)

const (
	// minWait is the minimum of interval and timeout; a shorter one has the wrong unit.
	minWait = time.Second
	// maxTimeout bounds one extraction; one that takes longer hangs.
	maxTimeout = 10 * time.Minute
	// maxInterval bounds the time between two extractions; a longer one has the wrong unit.
	maxInterval = 30 * 24 * time.Hour
)

var (
	// schemeOf matches "file://", "rtmp:", … at the start of a URL; a single letter is a Windows drive.
	schemeOf = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:(?://)?`)
	// webURL matches a URL, even with backslashes, or with one slash missing.
	webURL = regexp.MustCompile(`^\s*(?i:https?):[/\\]`)
	// noHost matches a URL without a host: a browser would treat the first element of its path as the host.
	noHost = regexp.MustCompile(`^(?i:https?):[/\\]{3}`)
	// envName matches ${NAME} in a header's value.
	envName = regexp.MustCompile(`\$\{([^}]*)\}`)
	// envForm matches the name of an environment variable.
	envForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func (r *reader) text(table map[string]any, prefix, key string) string {
	v, ok := table[key]
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		r.Fail(prefix+key, "%s must be a string in quotes, not %s", key, show(v))
		return ""
	}
	if strings.ContainsRune(s, 0) {
		r.Fail(prefix+key, "%s contains a NUL character", key)
		return ""
	}
	return s
}

// maxArguments bounds a command's argument list.
const maxArguments = 256

// arguments returns an argument list. There is no shell: nothing splits or expands the arguments.
func (r *reader) arguments(key string) []string {
	v, ok := r.values[key]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.Fail(key, `%s must be a list of the program and its arguments, as in ["yt-dlp", "-J", "https://…"]; no shell is used, so a line is not split`, key)
		return nil
	}
	if len(list) > maxArguments {
		r.Fail(key, "%s has more than %d arguments", key, maxArguments)
		return nil
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		switch {
		case !ok:
			r.Fail(key, "each argument of %s must be a string in quotes, not %s", key, show(item))
			return nil
		case strings.ContainsRune(s, 0):
			r.Fail(key, "an argument of %s contains a NUL character", key)
			return nil
		}
		out = append(out, s)
	}
	return out
}

// boolean returns the value at key, or absent if there is none.
func (r *reader) boolean(key string, absent bool) bool {
	v, ok := r.values[key]
	if !ok {
		return absent
	}
	b, ok := v.(bool)
	if !ok {
		r.Fail(key, "%s must be true or false (without quotes), not %s", key, show(v))
	}
	return b
}

func (r *reader) duration(key string) time.Duration {
	v, ok := r.values[key]
	if !ok {
		return 0
	}
	s, isText := v.(string)
	d, err := time.ParseDuration(s)
	most := maxInterval
	if key == "timeout" {
		most = maxTimeout
	}
	switch {
	case !isText || err != nil:
		r.Fail(key, `%s must be a duration in quotes such as "30s" or "10m", not %s`, key, show(v))
	case d < minWait || d > most:
		r.Fail(key, "%s must be at least %s and at most %s, not %s", key, minWait, most, show(v))
	default:
		return d
	}
	return 0
}

// headers returns a table of headers, with ${NAME} in their values expanded. No error contains a value.
func (r *reader) headers(table string) map[string]string {
	v, ok := r.values[table]
	if !ok {
		return nil
	}
	fields, ok := v.(map[string]any)
	if !ok {
		r.Fail(table, "%s must be a table: write [%s], and a line NAME = \"value\" for each header", table, table)
		return nil
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	out := make(map[string]string, len(names))
	seen := make(map[string]string, len(names))
	for _, name := range names {
		path := table + "." + name
		text, ok := fields[name].(string)
		other, twice := seen[strings.ToLower(name)]
		switch {
		case !ok:
			r.Fail(path, "header %s must be a string in quotes", tomlfile.Shorten(name))
		case !httpguts.ValidHeaderFieldName(name):
			r.Fail(path, "%q is not a header name", tomlfile.Shorten(name))
		case twice:
			r.Fail(path, "header %s is set twice (also as %s); case does not matter", name, other)
		default:
			seen[strings.ToLower(name)] = name
			out[name] = r.expand(path, text)
		}
	}
	return out
}

func (r *reader) expand(path, text string) string {
	_, name, _ := strings.Cut(path, ".")
	out := envName.ReplaceAllStringFunc(text, func(ref string) string {
		v := ref[2 : len(ref)-1]
		if !envForm.MatchString(v) {
			r.Fail(path, "header %s has a ${…} that does not name an environment variable (letters, digits, '_')", name)
			return ""
		}
		value, ok := "", false
		if r.env != nil {
			value, ok = r.env(v)
		}
		if !ok {
			r.Fail(path, "header %s needs the environment variable %s, which is not set; set it before Gridwall starts", name, v)
		}
		return value
	})
	if !httpguts.ValidHeaderFieldValue(out) {
		r.Fail(path, "the value of header %s cannot be sent: it contains a line break or a control character", name)
	}
	return out
}

// isWebURL reports whether s is a URL and not a path.
func isWebURL(s string) bool {
	return webURL.MatchString(s)
}

// badURL returns why s is not an http(s) URL, as the end of a sentence and redacted; "" if it is one.
func badURL(s string) string {
	_, err := weburl.Parse(s)
	scheme := schemeOf.FindString(s)
	switch {
	case noHost.MatchString(s):
		return fmt.Sprintf("has no host: %s", tomlfile.Shorten(stream.RedactURL(s)))
	case err == nil:
		return ""
	case scheme == "":
		return fmt.Sprintf("must begin with http:// or https://: %s", tomlfile.Shorten(stream.RedactURL(s)))
	case errors.Is(err, weburl.ErrScheme):
		return fmt.Sprintf("must be http or https, not %s", tomlfile.Shorten(strings.ToLower(strings.TrimRight(scheme, ":/"))))
	}
	return fmt.Sprintf("is %v: %s", err, tomlfile.Shorten(stream.RedactURL(s)))
}

// badProxy returns why s is not the URL of a proxy, as the end of a sentence; "" if it is one.
func badProxy(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return `is not a URL; it looks like "socks5://127.0.0.1:1080"`
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5":
		return fmt.Sprintf("must be http, https or socks5, not %q", tomlfile.Shorten(u.Scheme))
	case u.Hostname() == "":
		return `has no host; it looks like "socks5://127.0.0.1:1080"`
	}
	return ""
}

// show returns a TOML value for an error: only its type if it is long or may be secret.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", tomlfile.Shorten(stream.RedactText(v)))
	case bool, int64, float64:
		return fmt.Sprint(v)
	}
	return tomlfile.TypeName(v)
}
