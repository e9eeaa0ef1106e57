package guess

import (
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/publicsuffix"

	"gridwall/backend/source"
)

// maxKey bounds a proposed key, in bytes, with room for a number after it.
const maxKey = 48

// keyFor derives a key from the host: "example" for https://live.example.co.uk/, "192-0-2-1" for an address.
func keyFor(u *url.URL) string {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if _, err := netip.ParseAddr(host); err != nil {
		if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
			host = site[:strings.IndexByte(site, '.')]
		}
	}
	key := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, host)
	key = strings.Trim(key[:min(len(key), maxKey)], "-")
	if key == "" {
		return "source"
	}
	return key
}

// freeKey returns the key, with a number after it if it is taken.
func freeKey(key string, taken func(string) bool) string {
	if taken == nil || !taken(key) {
		return key
	}
	for n := 2; ; n++ {
		if k := fmt.Sprintf("%s-%d", key, n); !taken(k) {
			return k
		}
	}
}

// titleFor returns a title for a single stream: the last meaningful element of its path, otherwise the host.
func titleFor(u *url.URL) string {
	for p := strings.Trim(u.Path, "/"); p != "" && p != "."; p = path.Dir(p) {
		el := path.Base(p)
		el = strings.TrimSuffix(el, path.Ext(el))
		switch strings.ToLower(el) {
		case "", "index", "master", "playlist", "main", "manifest", "live", "hls", "stream", "chunklist", "video":
			continue
		}
		// Long elements are ids or tokens; they must not become a title.
		if len(el) <= 40 && !strings.ContainsAny(el, "=~") {
			return el
		}
	}
	return u.Hostname()
}

// fileText returns the TOML of the draft's file.
func fileText(d source.Source) string {
	var b strings.Builder
	fmt.Fprintf(&b, "name = %s\nkind = %s\n", tomlString(d.Name), tomlString(d.Kind))
	fmt.Fprintf(&b, "key = %s\n", tomlString(d.Key))
	if d.AllowPrivate {
		b.WriteString("allow_private = true\n")
	}
	if d.Kind == "direct" {
		for _, s := range d.Streams {
			fmt.Fprintf(&b, "\n[[stream]]\nurl = %s\ntitle = %s\n", tomlString(s.URL), tomlString(s.Title))
			if s.Quality != "" {
				fmt.Fprintf(&b, "quality = %s\n", tomlString(s.Quality))
			}
		}
		return b.String()
	}
	if d.Timeout > 0 {
		fmt.Fprintf(&b, "timeout = %s\n", tomlString(fmt.Sprintf("%ds", int(d.Timeout.Seconds()))))
	}
	if d.Kind == "command" {
		args := make([]string, len(d.Command))
		for i, arg := range d.Command {
			args[i] = tomlString(arg)
		}
		fmt.Fprintf(&b, "command = [%s]\nformat = %s\n", strings.Join(args, ", "), tomlString(d.Format))
		return b.String()
	}
	fmt.Fprintf(&b, "url = %s\n", tomlString(d.URL))
	for _, f := range d.Follow {
		fmt.Fprintf(&b, "\n[[follow]]\nselect = %s\n", tomlString(f.Select))
	}
	if d.Query != "" {
		if strings.Contains(d.Query, "'''") || strings.ContainsAny(d.Query, "\x00\r\x7f") {
			fmt.Fprintf(&b, "query = %s\n", tomlString(d.Query))
		} else {
			fmt.Fprintf(&b, "query = '''\n%s\n'''\n", d.Query)
		}
	}
	return b.String()
}

// tomlString returns s as a TOML basic string.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
