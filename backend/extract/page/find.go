package page

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"gridwall/backend/extract"
	"gridwall/backend/source"
)

const (
	// maxMatches bounds the streams of one page; what comes after them is left out.
	maxMatches = 1000
	// maxUnescape bounds how many layers of escapes are taken off: JSON in a string in an attribute makes three.
	maxUnescape = 4
)

var (
	// playlist is what is looked for where a file has no find.
	playlist = regexp.MustCompile(`(?P<url>(?i:(?:https?:)?//[^\s"'<>\\]+?\.m3u8[^\s"'<>\\)]*|[^\s"'<>\\=(:]+\.m3u8[^\s"'<>\\)]*))`)
	// entity is a character reference with its semicolon; one without may be a parameter's name (&copy=1).
	entity = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)
	// escape is an escape of JSON and JavaScript strings.
	escape = regexp.MustCompile(`\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[/\\"'])`)
	// notAddress tells text that is no single address.
	notAddress = regexp.MustCompile(`[\s"'<>{}\\]`)
)

// finder finds the streams in a page's text.
type finder struct {
	re                  *regexp.Regexp
	url, title, quality int
	decode              []string
}

func newFinder(src source.Source) (*finder, error) {
	re := playlist
	if src.Find != "" {
		var err error
		if re, err = regexp.Compile(src.Find); err != nil {
			return nil, src.Errorf("find", "find is no regular expression (RE2): %v", err)
		}
	}
	return &finder{re, re.SubexpIndex("url"), re.SubexpIndex("title"), re.SubexpIndex("quality"), src.Decode}, nil
}

// find looks through text without its escapes and, where that has no match, as it stands. The addresses are resolved
// against base. matches counts what the expression met; err says why the first that was no address was none.
func (f *finder) find(text string, base *url.URL) (found []extract.Found, matches int, err error) {
	for _, view := range []string{unescape(text), text} {
		for _, m := range f.re.FindAllStringSubmatch(view, maxMatches) {
			matches++
			raw, why := decode(m[f.url], f.decode)
			if why != nil {
				err = cmp.Or(err, why)
				continue
			}
			for _, u := range addresses(raw, base, len(f.decode) > 0) {
				s := extract.Found{URL: u}
				if f.title >= 0 {
					s.Title = extract.CleanTitle(m[f.title])
				}
				if f.quality >= 0 {
					s.Quality = extract.CleanTitle(m[f.quality])
				}
				found = append(found, s)
			}
		}
		if matches > 0 {
			break
		}
	}
	return found, matches, err
}

// addresses are the addresses that raw is, or that stand in it where it came out of a decoding.
func addresses(raw string, base *url.URL, decoded bool) (out []string) {
	raw = strings.TrimSpace(raw)
	if !decoded || !notAddress.MatchString(raw) {
		if u := resolve(base, raw); u != nil {
			out = append(out, u.String())
		}
		return out
	}
	for _, m := range playlist.FindAllString(unescape(raw), maxMatches) {
		if u := resolve(base, m); u != nil {
			out = append(out, u.String())
		}
	}
	return out
}

// resolve makes raw absolute; nil where it is no http or https address.
func resolve(base *url.URL, raw string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || raw == "" {
		return nil
	}
	u = base.ResolveReference(u)
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil
	}
	return u
}

// unescape takes the escapes of HTML, JSON and JavaScript off, layer by layer.
func unescape(s string) string {
	for range maxUnescape {
		before := s
		s = entity.ReplaceAllStringFunc(s, html.UnescapeString)
		s = escape.ReplaceAllStringFunc(s, func(e string) string {
			if e[1] != 'u' && e[1] != 'x' {
				return e[1:]
			}
			n, _ := strconv.ParseUint(e[2:], 16, 32)
			return string(rune(n))
		})
		if s == before {
			break
		}
	}
	return s
}

// decode undoes the steps in order. Its error shows nothing of s, which may be a token.
func decode(s string, steps []string) (string, error) {
	for _, step := range steps {
		var err error
		switch step {
		case "base64":
			s, err = fromBase64(s)
		case "url":
			s, err = url.QueryUnescape(strings.ReplaceAll(s, "+", "%2B"))
		case "hex":
			var b []byte
			b, err = hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(s), "0x"))
			s = string(b)
		case "json":
			var out string
			if err = json.Unmarshal([]byte(s), &out); err != nil {
				err = json.Unmarshal([]byte(`"`+s+`"`), &out)
			}
			s = out
		}
		if err != nil {
			return "", fmt.Errorf("what find found is not %s, which decode names", step)
		}
	}
	return s, nil
}

// fromBase64 takes both alphabets, with padding or without, as pages mix them.
func fromBase64(s string) (string, error) {
	s = strings.NewReplacer("-", "+", "_", "/", "=", "", "\n", "", "\r", "", " ", "").Replace(s)
	b, err := base64.RawStdEncoding.DecodeString(s)
	return string(b), err
}
