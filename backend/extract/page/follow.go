package page

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// linkAttrs are the attributes that are searched for an element's address if the step names none, in this order: the src of
// a lazy player is a blank page, and its data-src is the address.
var linkAttrs = []string{"data-src", "data-lazy-src", "src", "href", "srcdoc", "content", "data-url", "onclick"}

var (
	// refresh matches the text before the address in <meta http-equiv="refresh">.
	refresh = regexp.MustCompile(`(?i)^\s*[0-9.]*\s*[;,]\s*url\s*=\s*`)
	// quotedPath matches the address in a script such as location.href='/player/1'.
	quotedPath = regexp.MustCompile(`["']((?:https?:)?//?[^"'\s]+)["']`)
)

// step is a compiled [[follow]].
type step struct {
	source.Follow
	number  int
	matcher goquery.Matcher
	match   *regexp.Regexp
	url     int // index of match's group url; -1 for none
}

func newStep(src source.Source, i int) (*step, error) {
	s := &step{Follow: src.Follow[i], number: i + 1}
	var err error
	if s.matcher, err = selector(s.Select); err != nil {
		return nil, src.Errorf(fmt.Sprintf("follow.%d.select", i), "select is not a CSS selector: %v", err)
	}
	if s.match, err = regexp.Compile(s.Match); err != nil {
		return nil, src.Errorf(fmt.Sprintf("follow.%d.match", i), "match is not a regular expression (RE2): %v", err)
	}
	s.url = s.match.SubexpIndex("url")
	return s, nil
}

// link is an address on a page, or an iframe's inline document (srcdoc).
type link struct {
	url, inline, title string
	from               *document
}

// follow fetches the pages that the step leads to. It skips pages that fail, and returns their first error if all do.
func (w *walk) follow(ctx context.Context, s *step, pages []*document) ([]*document, error) {
	var out []*document
	var first error
	links, loops, elements := 0, 0, 0
	seen := map[string]bool{}
	for _, d := range pages {
		found, n := s.links(d)
		elements += n
		for _, l := range found {
			if l.inline == "" && seen[l.url] {
				continue
			}
			seen[l.url] = true
			links++
			if d.comesFrom(l) {
				loops++
				continue
			}
			if w.full() {
				w.site.Note("not followed: too many pages or bytes", 1)
				continue
			}
			next, err := w.fetch(ctx, l)
			if ctx.Err() != nil && err != nil {
				return nil, err
			}
			if err != nil {
				first = cmp.Or(first, err)
				continue
			}
			out = append(out, next)
		}
	}
	w.site.Note(fmt.Sprintf("follow %d: links", s.number), links)
	if loops > 0 {
		w.site.Note(fmt.Sprintf("follow %d: skipped, a loop", s.number), loops)
	}
	shown := pages[0].page.Shown()
	switch {
	case len(out) > 0:
		return out, nil
	case first != nil:
		return nil, first
	case loops > 0:
		return nil, fmt.Errorf("[[follow]] %d is a loop: %s leads back to a page that led to it", s.number, shown)
	case links > 0:
		return nil, fmt.Errorf("[[follow]] %d was not followed: a run reads at most %d pages and %d MiB", s.number, maxPages, maxTotal>>20)
	case elements > 0:
		return nil, fmt.Errorf("%w: [[follow]] %d: select %q matches %d elements on %s, but none of them has an address (check attr and match)", stream.ErrNoStreams, s.number, s.Select, elements, shown)
	case pages[0].html == nil:
		return nil, fmt.Errorf("[[follow]] %d: %s did not answer with HTML, which select %q needs", s.number, shown, s.Select)
	}
	return nil, fmt.Errorf("%w: [[follow]] %d: select %q matches nothing on %s, %w", stream.ErrNoStreams, s.number, s.Select, shown, extract.ErrWebPage)
}

// comesFrom reports whether l leads back to d or to a page that led to it.
func (d *document) comesFrom(l link) bool {
	for ; d != nil && l.inline == ""; d = d.from {
		if l.url == d.requested || l.url == d.page.URL.String() {
			return true
		}
	}
	return false
}

// links returns the step's links on a page; n is the number of elements that its selector matches.
func (s *step) links(d *document) (out []link, n int) {
	if d.html == nil {
		return nil, 0
	}
	elements := d.html.FindMatcher(s.matcher)
	elements.Each(func(_ int, e *goquery.Selection) {
		text := extract.CleanTitle(textOf(e))
		l := link{from: d, title: d.title}
		if s.Title == "text" && text != "" {
			l.title = text
		}
		raw, attr := s.value(e)
		if m := s.match.FindStringSubmatch(raw); m != nil && s.url >= 0 {
			raw = m[s.url]
		} else if m == nil && !s.match.MatchString(text) || s.url >= 0 {
			return
		}
		if attr == "srcdoc" {
			if l.inline = raw; raw != "" {
				out = append(out, l)
			}
			return
		}
		raw = refresh.ReplaceAllString(raw, "")
		if strings.HasPrefix(attr, "on") && s.url < 0 {
			m := quotedPath.FindStringSubmatch(raw)
			if m == nil {
				return
			}
			raw = m[1]
		}
		if u := resolve(d.base, strings.Trim(raw, `"' `)); u != nil {
			u.Fragment, u.RawFragment = "", ""
			l.url = u.String()
			out = append(out, l)
		}
	})
	return out, elements.Length()
}

// value returns the value and the name of the attribute with the element's address.
func (s *step) value(e *goquery.Selection) (value, attr string) {
	if s.Attr == "text" {
		return textOf(e), s.Attr
	}
	if s.Attr != "" {
		return e.AttrOr(s.Attr, ""), s.Attr
	}
	for _, attr := range linkAttrs {
		if v := strings.TrimSpace(e.AttrOr(attr, "")); v != "" && v != "#" && !strings.HasPrefix(v, "javascript:") && !strings.HasPrefix(v, "about:") {
			return v, attr
		}
	}
	return "", ""
}
