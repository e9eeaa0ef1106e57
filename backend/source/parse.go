package source

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gridwall/backend/stream"
	"gridwall/backend/tomlfile"
)

// MaxFile bounds a source file, in bytes. It allows for thousands of [[stream]] entries.
const MaxFile = 1 << 20

// keyForm matches a site_key, which appears in addresses and file names.
var keyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// Parse reads the text of a source file. file is its path: errors name it, relative paths in it are resolved against its folder,
// and the key defaults to its name. env looks up the environment variables for ${NAME} in the values of headers.
// Parse is strict: an unknown key, a key of another kind, a wrong type or an impossible value is an *Error with line and
// column. The Source returned with an error has at least File and a Key to list it by.
func Parse(file string, text []byte, env func(string) (string, bool)) (Source, error) {
	stem := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	s := Source{File: file, Key: stem, Name: stem, Enabled: true}
	if len(text) > MaxFile {
		return s, tooLarge(file)
	}
	doc, err := parse(file, text)
	if err != nil {
		return s, err
	}
	s.positions = doc.Positions
	r := reader{Reader: tomlfile.NewReader(doc.Positions), s: &s, values: doc.Values, env: env}
	// Key, name and kind come first: a file with a mistake elsewhere is listed under its own name.
	r.head()
	r.unknown()
	r.common()
	r.own()
	if e := r.First(); e != nil {
		return s, &Error{File: file, Line: e.Line, Column: e.Column, Msg: e.Msg}
	}
	if rule, ok := ruleOf(s.Kind); ok && rule.check != nil {
		if err := rule.check(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// parse parses the text of a file. The error is an *Error.
func parse(file string, text []byte) (*tomlfile.Document, error) {
	doc, err := tomlfile.Parse(text)
	if err == nil {
		return doc, nil
	}
	out := &Error{File: file, Msg: err.Error()}
	var e *tomlfile.Error
	if errors.As(err, &e) {
		msg := stream.RedactText(e.Msg)
		out.Line, out.Column, out.Msg = e.Line, e.Column, "is not TOML: "+msg+tomlAdvice(msg)
		if e.Limit {
			out.Msg = "has " + e.Msg + "; a source file is short"
		}
	}
	return nil, out
}

// wordAtStart matches the parser's error for a text without quotes.
var wordAtStart = regexp.MustCompile(`unexpected character U\+[0-9A-F]+ '[a-zA-Z/~.]' at start of value`)

// tomlAdvice returns how to correct a frequent mistake of people who do not know TOML, to be appended to the parser's msg; "" for
// other mistakes.
func tomlAdvice(msg string) string {
	switch {
	case strings.Contains(msg, "strings cannot have new lines"), strings.Contains(msg, "unterminated"):
		return "; the closing quote is missing"
	case wordAtStart.MatchString(msg):
		return `; put text in quotes, as in name = "Club TV"`
	}
	return ""
}

// reader reads the values of a file into a Source. Parse returns the first error that it reports.
type reader struct {
	*tomlfile.Reader
	s      *Source
	values map[string]any
	env    func(string) (string, bool)
}

func (r *reader) head() {
	if key, ok := r.values["key"]; ok {
		if s, isText := key.(string); isText && keyForm.MatchString(s) {
			r.s.Key, r.s.Name = s, s
		} else {
			r.Fail("key", "%v, not %s", ErrKey, show(key))
		}
	} else if !keyForm.MatchString(r.s.Key) {
		r.Fail("", "the file's name gives the key %q: %v; rename the file, or set key", r.s.Key, ErrKey)
	}
	if name := r.text(r.values, "", "name"); strings.TrimSpace(name) != "" {
		r.s.Name = name
	}
	kind := r.text(r.values, "", "kind")
	if _, ok := ruleOf(kind); ok {
		r.s.Kind = kind
		return
	}
	known := strings.Join(Kinds(), ", ")
	switch {
	case r.values["kind"] == nil:
		r.Fail("", "kind is missing; it must be one of %s", known)
	default:
		r.Fail("kind", "unknown kind %q%s; known kinds are %s", kind, tomlfile.DidYouMean(kind, Kinds()), known)
	}
}

// unknown reports the first key in the file that is unknown, or belongs to another kind.
func (r *reader) unknown() {
	rule, ok := ruleOf(r.s.Kind)
	if !ok {
		return
	}
	allowed := slices.Concat(commonKeys, rule.keys)
	r.onlyKeys("", r.values, allowed, func(key string) string {
		if others := kindsWith(key); len(others) > 0 {
			return fmt.Sprintf("key %q belongs to kind %s, not to %s", key, strings.Join(others, ", "), r.s.Kind)
		}
		return ""
	})
}

// synonyms are words that people write for a key, and that are not spelt like it.
var synonyms = map[string]string{"path": "url", "file": "url", "link": "url", "address": "url", "type": "kind", "filter": "match", "regex": "match"}

// onlyKeys reports the first key of table, which is at path, that is not allowed. special may return a text for the error; "" for
// none.
func (r *reader) onlyKeys(path string, table map[string]any, allowed []string, special func(string) string) {
	bad := r.UnknownKeys(path, table, allowed)
	if len(bad) == 0 {
		return
	}
	key, hint := bad[0], ""
	if special != nil {
		if text := special(key); text != "" {
			r.Fail(tomlfile.Join(path, key), "%s", text)
			return
		}
	}
	if other := synonyms[strings.ToLower(key)]; slices.Contains(allowed, other) {
		hint = `; did you mean "` + other + `"?`
	}
	r.Unknown(path, key, allowed, hint)
}

func (r *reader) common() {
	s, v := r.s, r.values
	s.Enabled = r.boolean("enabled", true)
	s.AllowPrivate = r.boolean("allow_private", false)
	s.Interval = r.duration("interval")
	s.Timeout = r.duration("timeout")
	s.Proxy = r.text(v, "", "proxy")
	if s.Proxy != "" {
		if why := badProxy(s.Proxy); why != "" {
			r.Fail("proxy", "proxy %s", why)
		}
	}
	s.Cookies = resolve(s.File, r.text(v, "", "cookies"))
	s.Headers = r.headers("headers")
	s.StreamHeaders = r.headers("stream_headers")
	s.StreamHosts = r.hosts("stream_hosts")
}

// own reads the keys of all kinds; unknown has already reported those that do not belong to the source's kind.
func (r *reader) own() {
	s, v := r.s, r.values
	s.URL = r.text(v, "", "url")
	s.Match = r.text(v, "", "match")
	s.Query = r.text(v, "", "query")
	s.Streams = r.streams()
	s.Follow = r.follow()
	s.Find = r.text(v, "", "find")
	s.Decode = r.decode()
	s.Command = r.arguments("command")
	s.Format = r.text(v, "", "format")
}

func (r *reader) streams() []Direct {
	list, ok := r.values["stream"]
	if !ok {
		return nil
	}
	items, ok := list.([]any)
	if !ok {
		r.Fail("stream", "stream must be written in double brackets, once for each stream: [[stream]]")
		return nil
	}
	out := make([]Direct, 0, len(items))
	for i, item := range items {
		path := fmt.Sprintf("stream.%d", i)
		table, ok := item.(map[string]any)
		if !ok {
			r.Fail(path, "stream must be written in double brackets, once for each stream: [[stream]]")
			return nil
		}
		r.onlyKeys(path, table, []string{"url", "title", "quality"}, nil)
		d := Direct{URL: r.text(table, path+".", "url"), Title: r.text(table, path+".", "title"), Quality: r.text(table, path+".", "quality")}
		if d.URL == "" {
			r.Fail(path, `a [[stream]] needs url = "https://…"`)
		} else if why := badURL(d.URL); why != "" {
			r.Fail(path+".url", "url %s", why)
		}
		out = append(out, d)
	}
	return out
}
