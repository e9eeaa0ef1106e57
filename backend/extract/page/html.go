package page

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"gridwall/backend/extract"
	"gridwall/backend/weburl"
)

// players matches signs of a script that builds the address of a stream: calls of players, and obfuscation.
var players = regexp.MustCompile(`(?i)\bnew\s+hls\b|\bhls\.loadsource|\bvideojs\s*\(|\bjwplayer\s*\(|\bnew\s+clappr|\bflowplayer\s*\(|\bshaka\.|\bnew\s+playerjs|\bplyr\b|\bdplayer\b|\beval\s*\(|\batob\s*\(|string\.fromcharcode|\b_0x[0-9a-f]{4}`)

// buildsByScript reports whether a page has a script that may build the address of its stream.
func buildsByScript(text string) bool {
	return strings.Contains(lowerASCII(text), "<script") && players.MatchString(text)
}

// page is find for a page: without an expression, it also reads HTML elements that name a stream.
func (f *finder) page(d *document) result {
	if f.re != nil || d.html == nil {
		return f.find(d.text, d.base)
	}
	exact, partial := d.streams()
	r := f.find(d.text, d.base)
	seen := map[string]bool{}
	var found []extract.Found
	for _, a := range exact {
		if !seen[a] {
			seen[a] = true
			found = append(found, extract.Found{URL: a})
		}
	}
	for _, s := range r.found {
		if !seen[s.URL] && !partial[s.URL] {
			found = append(found, s)
		}
	}
	r.found, r.matches = found, max(r.matches, len(found))
	return r
}

// streams returns the addresses in elements whose type is HLS, and addresses with spaces. Searching the text would truncate
// the latter at a space: partial are the truncated addresses.
func (d *document) streams() (exact []string, partial map[string]bool) {
	partial = map[string]bool{}
	add := func(raw string) {
		raw = strings.TrimSpace(raw)
		u, err := weburl.Resolve(d.base, raw)
		if err != nil || raw == "" || u.Hostname() == "" || len(exact) >= maxMatches {
			return
		}
		exact = append(exact, weburl.Text(u))
		if fields := strings.Fields(raw); len(fields) > 1 {
			for _, field := range fields {
				if u, err := weburl.Resolve(d.base, field); err == nil {
					partial[weburl.Text(u)] = true
				}
			}
		}
	}
	d.html.Find("video[src], source[src], audio[src], link[href], embed[src], object[data], a[href]").Each(func(_ int, e *goquery.Selection) {
		for _, attr := range []string{"src", "href", "data"} {
			if v, ok := e.Attr(attr); ok && (mpegURL.MatchString(e.AttrOr("type", "")) || strings.ContainsAny(strings.TrimSpace(v), " ") && endsInMark(v)) {
				add(v)
			}
		}
	})
	if mpegURL.MatchString(meta(d.html, "og:video:type")) {
		for _, property := range []string{"og:video:secure_url", "og:video:url", "og:video"} {
			if v := meta(d.html, property); v != "" {
				add(v)
				break
			}
		}
	}
	return exact, partial
}

// meta returns the content of the first meta element of a property.
func meta(html *goquery.Document, property string) string {
	return html.Find("meta[property='"+property+"']").First().AttrOr("content", "")
}

// maxElementText bounds the text of an element that contains others, in bytes: each element's text is part of the text of
// all its ancestors.
const maxElementText = 64 << 10

// textOf returns the text of the first element, up to maxElementText. If it contains only text, as a script does, the text
// is complete.
func textOf(e *goquery.Selection) string {
	if e.Length() == 0 {
		return ""
	}
	if first := e.Nodes[0].FirstChild; first != nil && first.Type == html.TextNode && first.NextSibling == nil {
		return first.Data
	}
	var b strings.Builder
	for n := range e.Nodes[0].Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		if room := maxElementText - b.Len(); len(n.Data) > room {
			b.WriteString(n.Data[:room])
			break
		}
		b.WriteString(n.Data)
	}
	return b.String()
}
