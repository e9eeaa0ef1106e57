package source

import (
	"regexp"
	"slices"
	"strings"

	"gridwall/backend/tomlfile"
)

// kindRule describes the keys of a kind beyond the common ones.
type kindRule struct {
	name string
	keys []string
	// check validates a source whose values have the right types.
	check func(*Source) error
}

// kindRules has all kinds, in the order in which errors list them.
var kindRules = []kindRule{
	{name: "direct", keys: []string{"stream"}, check: checkDirect},
	{name: "m3u", keys: []string{"url", "match"}, check: checkM3U},
	{name: "json", keys: []string{"url", "query"}, check: checkJSON},
	{name: "page", keys: []string{"url", "follow", "find", "decode"}, check: checkPage},
	{name: "command", keys: []string{"command", "format"}, check: checkCommand},
	{name: "browser", keys: []string{"url", "match"}, check: checkBrowser},
	{name: "demo", check: checkDemo},
}

// commonKeys are allowed for every kind.
var commonKeys = []string{
	"key", "name", "kind", "enabled", "allow_private", "interval", "timeout", "proxy", "cookies", "headers", "stream_headers", "stream_hosts",
}

// Kinds lists the kinds that a source file can name.
func Kinds() []string {
	out := make([]string, len(kindRules))
	for i, k := range kindRules {
		out[i] = k.name
	}
	return out
}

func ruleOf(kind string) (kindRule, bool) {
	i := slices.IndexFunc(kindRules, func(k kindRule) bool { return k.name == kind })
	if i < 0 {
		return kindRule{}, false
	}
	return kindRules[i], true
}

// kindsWith returns the kinds that have the key.
func kindsWith(key string) []string {
	var out []string
	for _, k := range kindRules {
		if slices.Contains(k.keys, key) {
			out = append(out, k.name)
		}
	}
	return out
}

func checkDirect(s *Source) error {
	if len(s.Streams) == 0 {
		return s.Errorf("kind", `a source of kind direct needs at least one [[stream]] with url = "https://…"`)
	}
	return nil
}

func checkM3U(s *Source) error {
	if s.URL == "" {
		return s.Errorf("kind", `a source of kind m3u needs url = "https://…", or the path of a file`)
	}
	if isWebURL(s.URL) {
		if why := badURL(s.URL); why != "" {
			return s.Errorf("url", "url %s", why)
		}
	} else {
		if scheme := schemeOf.FindString(s.URL); scheme != "" {
			return s.Errorf("url", "url must be http, https or a plain path, not %s…", scheme)
		}
		s.Path = resolve(s.File, s.URL)
	}
	if _, err := regexp.Compile(s.Match); err != nil {
		return s.Errorf("match", "match is not a regular expression (RE2): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return nil
}

func checkJSON(s *Source) error {
	if s.URL == "" {
		return s.Errorf("kind", `a source of kind json needs url = "https://…"`)
	}
	if why := badURL(s.URL); why != "" {
		return s.Errorf("url", "url %s", why)
	}
	if strings.TrimSpace(s.Query) == "" {
		return s.Errorf("kind", "a source of kind json needs query: a jq program that yields {url, title, quality} objects")
	}
	return nil
}

// commandFormats are the forms of output that a command can print.
var commandFormats = []string{"yt-dlp", "streamlink", "json", "lines"}

func checkCommand(s *Source) error {
	if len(s.Command) == 0 {
		return s.Errorf("kind", `a source of kind command needs command: a program and its arguments, as in ["yt-dlp", "-J", "https://…"]`)
	}
	if strings.TrimSpace(s.Command[0]) == "" {
		return s.Errorf("command", "command must begin with the program's name, not with an empty string")
	}
	known := strings.Join(commandFormats, ", ")
	switch {
	case s.Format == "":
		return s.Errorf("kind", "a source of kind command needs format, the form of what the command prints: one of %s", known)
	case !slices.Contains(commandFormats, s.Format):
		return s.Errorf("format", "unknown format %q%s; known formats are %s", tomlfile.Shorten(s.Format), tomlfile.DidYouMean(s.Format, commandFormats), known)
	}
	return nil
}

func checkBrowser(s *Source) error {
	if s.URL == "" {
		return s.Errorf("kind", `a source of kind browser needs url = "https://…"`)
	}
	if why := badURL(s.URL); why != "" {
		return s.Errorf("url", "url %s", why)
	}
	if _, err := regexp.Compile(s.Match); err != nil {
		return s.Errorf("match", "match is not a regular expression (RE2): %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return nil
}

// checkDemo permits streams from this machine: they are Gridwall's own.
func checkDemo(s *Source) error {
	s.AllowPrivate = true
	return nil
}
