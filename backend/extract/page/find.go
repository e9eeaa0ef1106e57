package page

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridwall/backend/charset"
	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/weburl"
)

const (
	// maxMatches is the most streams of one page; further ones are ignored.
	maxMatches = 1000
	// maxUnescape bounds the layers of escapes that are decoded: JSON in a string in an attribute has three.
	maxUnescape = 4
)

var (
	// playlist is the expression for a file with decode but without find. For a file with neither, see playlists.
	playlist = regexp.MustCompile(`(?P<url>(?i:(?:https?:)?//[^\s"'<>\\]+?\.m3u8[^\s"'<>\\)]*|[^\s"'<>\\=(:]+\.m3u8[^\s"'<>\\)]*))`)
	// escape is an escape of JSON and JavaScript strings.
	escape = regexp.MustCompile(`\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|[/\\"'])`)
	// notAddress matches text that is not a single address.
	notAddress = regexp.MustCompile(`[\s"'<>{}\\]`)
)

// finder finds the streams in a page's text.
type finder struct {
	// re is nil if the file has neither find nor decode: then all addresses that are certainly playlists are found.
	re                  *regexp.Regexp
	url, title, quality int
	decode              []string
}

func newFinder(src source.Source) (*finder, error) {
	if src.Find == "" && len(src.Decode) == 0 {
		return &finder{}, nil
	}
	re := playlist
	if src.Find != "" {
		var err error
		if re, err = regexp.Compile(src.Find); err != nil {
			return nil, src.Errorf("find", "find is not a regular expression (RE2): %v", err)
		}
	}
	return &finder{re, re.SubexpIndex("url"), re.SubexpIndex("title"), re.SubexpIndex("quality"), src.Decode}, nil
}

// result is the result of searching a text.
type result struct {
	found []extract.Found
	// matches counts the matches of the expression.
	matches int
	// packed is true if the text has packed scripts.
	packed bool
	// why is the error of the first match that could not be decoded.
	why error
}

// find searches text without its escapes; if that has no match, the original text; and then its packed scripts. Addresses
// are resolved against base.
func (f *finder) find(text string, base *url.URL) (r result) {
	if f.re == nil {
		addresses, packed := playlists(text, base)
		r.packed, r.matches = packed, len(addresses)
		for _, a := range addresses {
			r.found = append(r.found, extract.Found{URL: a})
		}
		return r
	}
	views := []string{unescape(text), text}
	for len(views) > 0 && r.matches == 0 {
		f.view(views[0], base, &r)
		if views = views[1:]; len(views) == 0 && r.matches == 0 && !r.packed {
			views, r.packed = unpack(text)
		}
	}
	return r
}

// view searches one form of the text.
func (f *finder) view(text string, base *url.URL, r *result) {
	for _, m := range f.re.FindAllStringSubmatch(text, maxMatches) {
		r.matches++
		raw, why := decode(m[f.url], f.decode)
		if why != nil {
			r.why = cmp.Or(r.why, why)
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
			r.found = append(r.found, s)
		}
	}
}

// addresses returns raw if it is an address, or the addresses in it if it is the result of decoding.
func addresses(raw string, base *url.URL, decoded bool) (out []string) {
	raw = strings.TrimSpace(raw)
	if !decoded || !notAddress.MatchString(raw) {
		if u := resolve(base, raw); u != nil {
			out = append(out, u.String())
		}
		return out
	}
	out, _ = playlists(raw, base)
	return out
}

// resolve returns raw as an absolute address; nil if it is not an http or https address.
func resolve(base *url.URL, raw string) *url.URL {
	if strings.TrimSpace(raw) == "" {
		return nil
	}
	u, err := weburl.Resolve(base, raw)
	if err != nil {
		return nil
	}
	return u
}

// ascii contains all ASCII characters. A substring of it needs no allocation: a fully escaped script has millions of
// characters.
var ascii = func() string {
	var b [utf8.RuneSelf]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}()

// unescape decodes the escapes of HTML, JSON and JavaScript, up to maxUnescape layers.
func unescape(s string) string {
	for range maxUnescape {
		before := s
		s = charset.Unescape(s)
		s = escape.ReplaceAllStringFunc(s, unescapeOne)
		if s == before {
			break
		}
	}
	return s
}

// unescapeOne decodes one escape sequence.
func unescapeOne(e string) string {
	if e[1] != 'u' && e[1] != 'x' {
		return e[1:]
	}
	n, _ := strconv.ParseUint(strings.Trim(e[2:], "{}"), 16, 32)
	if n < uint64(len(ascii)) {
		return ascii[n : n+1]
	}
	return string(rune(n))
}

// decode applies the decoding steps in order. Its error does not contain s, which may be a token.
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
			return "", fmt.Errorf("the match of find is not valid for %q in decode", step)
		}
	}
	return s, nil
}

// fromBase64 accepts both alphabets, with or without padding, because pages mix them.
func fromBase64(s string) (string, error) {
	s = strings.NewReplacer("-", "+", "_", "/", "=", "", "\n", "", "\r", "", " ", "").Replace(s)
	b, err := base64.RawStdEncoding.DecodeString(s)
	return string(b), err
}
