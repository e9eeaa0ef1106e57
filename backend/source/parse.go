package source

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"gridwall/backend/stream"
	"gridwall/backend/tomlkeys"
)

// MaxFile bounds a source file, in bytes: some thousand [[stream]] entries.
const MaxFile = 1 << 20

// keyForm is what a site_key looks like: it stands in addresses and file names.
var keyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// Parse reads the text of a source file. file is its path: errors name it, relative paths in it resolve against its
// folder, and the key defaults to its name. env looks up what ${NAME} in a header's value stands for.
//
// Parse is strict: an unknown key, a key of another kind, a wrong type or an impossible value is an *Error with line
// and column. The Source that comes beside an error holds what could be read: at least File and a Key to list it by.
func Parse(file string, text []byte, env func(string) (string, bool)) (Source, error) {
	stem := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	s := Source{File: file, Key: stem, Name: stem, Enabled: true}
	if len(text) > MaxFile {
		return s, tooGreat(file)
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	values := map[string]any{}
	if err := unmarshal(file, text, &values); err != nil {
		return s, err
	}
	s.marks = markKeys(text)
	r := reader{s: &s, values: values, env: env}
	// Key, name and kind come first: a file with a fault elsewhere is listed under its own name.
	r.head()
	r.unknown()
	r.common()
	r.own()
	if r.err != nil {
		return s, r.err
	}
	if rule, ok := ruleOf(s.Kind); ok && rule.check != nil {
		if err := rule.check(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// unmarshal parses a file's text after checking that its keys do not make that too expensive.
func unmarshal(file string, text []byte, values *map[string]any) error {
	if line, err := tomlkeys.Check(text); err != nil {
		return &Error{File: file, Line: line, Msg: "holds " + err.Error() + "; a source file is short"}
	}
	if err := toml.Unmarshal(text, values); err != nil {
		return syntaxError(file, err)
	}
	return nil
}

func syntaxError(file string, err error) error {
	e := &Error{File: file, Msg: stream.RedactText(strings.TrimPrefix(err.Error(), "toml: "))}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		e.Line, e.Column = de.Position()
	}
	e.Msg = "is not TOML: " + strings.ReplaceAll(e.Msg, "\n", " ") + tomlAdvice(e.Msg)
	return e
}

// wordAtStart is what the parser says of a text without quotes.
var wordAtStart = regexp.MustCompile(`unexpected character U\+[0-9A-F]+ '[a-zA-Z/~.]' at start of value`)

// tomlAdvice says how to correct the faults that people who do not know TOML make most.
func tomlAdvice(msg string) string {
	switch {
	case strings.Contains(msg, "strings cannot have new lines"), strings.Contains(msg, "unterminated"):
		return "; the quote at the end is missing"
	case wordAtStart.MatchString(msg):
		return `; a text stands in quotes, as in name = "Club TV"`
	}
	return ""
}

// reader turns the values of a file into a Source. It keeps the first error; after that it does nothing.
type reader struct {
	s      *Source
	values map[string]any
	env    func(string) (string, bool)
	err    error
}

func (r *reader) fail(key, format string, args ...any) {
	if r.err == nil {
		r.err = r.s.Errorf(key, format, args...)
	}
}

func (r *reader) head() {
	if key, ok := r.values["key"]; ok {
		if s, isText := key.(string); isText && keyForm.MatchString(s) {
			r.s.Key, r.s.Name = s, s
		} else {
			r.fail("key", "%v, not %s", ErrKey, show(key))
		}
	} else if !keyForm.MatchString(r.s.Key) {
		r.fail("", "the file's name gives the key %q: %v; rename the file, or set key", r.s.Key, ErrKey)
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
		r.fail("", "kind is missing; it is one of %s", known)
	default:
		r.fail("kind", "unknown kind %q%s; known are %s", kind, didYouMean(kind, Kinds()), known)
	}
}

// unknown finds keys that do not belong; the first in the file is told.
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

// synonyms are words that people write for a key and that do not look like it.
var synonyms = map[string]string{"path": "url", "file": "url", "link": "url", "address": "url", "type": "kind", "filter": "match", "regex": "match"}

func (r *reader) onlyKeys(prefix string, table map[string]any, allowed []string, special func(string) string) {
	var bad []string
	for key := range table {
		if !slices.Contains(allowed, key) {
			bad = append(bad, key)
		}
	}
	if len(bad) == 0 {
		return
	}
	slices.SortFunc(bad, func(a, b string) int {
		x, y := r.s.marks[prefix+a], r.s.marks[prefix+b]
		if x.line != y.line {
			return x.line - y.line
		}
		if x.column != y.column {
			return x.column - y.column
		}
		return strings.Compare(a, b)
	})
	key := bad[0]
	if special != nil {
		if text := special(key); text != "" {
			r.fail(prefix+key, "%s", text)
			return
		}
	}
	advice := didYouMean(key, allowed)
	if other := synonyms[strings.ToLower(key)]; slices.Contains(allowed, other) {
		advice = `; did you mean "` + other + `"?`
	}
	r.fail(prefix+key, "unknown key %q%s", shorten(key), advice)
}

func (r *reader) common() {
	s, v := r.s, r.values
	s.Enabled = r.truth("enabled", true)
	s.AllowPrivate = r.truth("allow_private", false)
	s.Interval = r.duration("interval")
	s.Timeout = r.duration("timeout")
	s.Proxy = r.text(v, "", "proxy")
	if s.Proxy != "" {
		if why := badProxy(s.Proxy); why != "" {
			r.fail("proxy", "proxy %s", why)
		}
	}
	s.Cookies = resolve(s.File, r.text(v, "", "cookies"))
	s.Headers = r.headers("headers")
	s.StreamHeaders = r.headers("stream_headers")
	s.StreamHosts = r.hosts("stream_hosts")
}

// own reads the keys of the kinds; that only the source's own kind's are there has been seen to.
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
		r.fail("stream", "stream is written [[stream]], with double brackets, once for each stream")
		return nil
	}
	out := make([]Direct, 0, len(items))
	for i, item := range items {
		path := fmt.Sprintf("stream.%d", i)
		table, ok := item.(map[string]any)
		if !ok {
			r.fail(path, "stream is written [[stream]], with double brackets, once for each stream")
			return nil
		}
		r.onlyKeys(path+".", table, []string{"url", "title", "quality"}, nil)
		d := Direct{URL: r.text(table, path+".", "url"), Title: r.text(table, path+".", "title"), Quality: r.text(table, path+".", "quality")}
		if d.URL == "" {
			r.fail(path, `a [[stream]] needs url = "https://…"`)
		} else if why := badURL(d.URL); why != "" {
			r.fail(path+".url", "url %s", why)
		}
		out = append(out, d)
	}
	return out
}
