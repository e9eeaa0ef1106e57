// Package page is the source kind "page": a web page, the links and iframes to follow from it, and a regular expression for
// the streams on the last page. It runs no scripts; kind browser does, for pages whose tokens only a browser can make.
package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const (
	// maxPages is the most pages of one run; further links are not followed.
	maxPages = 100
	// maxPage bounds one page in bytes: parsed, a page takes ten times its size. A larger one is an error.
	maxPage = 8 << 20
)

// maxTotal bounds all pages of one run together, in bytes; after that, no more links are followed. Tests lower it.
var maxTotal = 64 << 20

// Extractor is the extractor of kind "page".
type Extractor struct{}

var (
	_ extract.Extractor = Extractor{}
	_ extract.Checker   = Extractor{}
)

// Check compiles the source's selectors and expressions, so that mistakes are reported with their line before anything is
// fetched.
func (Extractor) Check(src source.Source) error {
	for i := range src.Follow {
		if _, err := newStep(src, i); err != nil {
			return err
		}
	}
	_, err := newFinder(src)
	return err
}

// Extract follows the [[follow]] steps from the source's page, and returns the streams that find matches on the last pages.
func (Extractor) Extract(ctx context.Context, src source.Source, site *extract.Site) ([]extract.Found, error) {
	f, err := newFinder(src)
	if err != nil {
		return nil, err
	}
	w := &walk{src: src, site: site, finder: f}
	first, err := w.fetch(ctx, link{url: src.URL})
	if err != nil {
		return nil, err
	}
	pages := []*document{first}
	for i := range src.Follow {
		s, err := newStep(src, i)
		if err != nil {
			return nil, err
		}
		if pages, err = w.follow(ctx, s, pages); err != nil {
			return nil, err
		}
	}
	return w.find(pages)
}

// document is a fetched page.
type document struct {
	page  *extract.Page
	base  *url.URL // its links resolve against base
	text  string
	html  *goquery.Document // nil for text that is not HTML
	title string            // of the link that led to it, or of an earlier link
	from  *document         // the page that led to it
	// requested is the address before redirects; "" for a srcdoc.
	requested string
	// named caches the result of name.
	named *string
}

// walk is one run of the extractor.
type walk struct {
	src    source.Source
	site   *extract.Site
	finder *finder
	pages  int
	bytes  int
}

// full reports whether a limit of the run is reached.
func (w *walk) full() bool { return w.pages >= maxPages || w.bytes >= maxTotal }

// fetch returns the document that l leads to.
func (w *walk) fetch(ctx context.Context, l link) (*document, error) {
	d := &document{title: l.title, from: l.from, requested: l.url}
	if l.inline != "" {
		d.requested = ""
		d.page = &extract.Page{URL: l.from.page.URL, ContentType: "text/html; charset=utf-8", Body: []byte(l.inline)}
	} else {
		referer := ""
		if l.from != nil {
			referer = refererFor(l.from.page.URL, l.url)
		}
		w.pages++
		var err error
		if d.page, err = w.site.GetFrom(ctx, l.url, referer); err != nil {
			return nil, err
		}
	}
	w.bytes += len(d.page.Body)
	return d, d.read()
}

// read decodes and parses the page.
func (d *document) read() error {
	p, kind := d.page, d.page.ContentType
	d.base = p.URL
	text, err := p.Text()
	if err != nil {
		return err
	}
	p = &extract.Page{URL: p.URL, ContentType: kind, Body: text}
	switch {
	case len(p.Body) > maxPage:
		return p.WrongError(fmt.Sprintf("answered more than %d MiB, which is not a web page", maxPage>>20))
	case len(bytes.TrimSpace(p.Body)) == 0:
		return p.WrongError("answered nothing where a web page was expected")
	case bytes.HasPrefix(bytes.TrimSpace(p.Body), []byte("#EXTM3U")):
		return p.WrongError("answered a playlist where a web page was expected: it is the stream itself, so leave out the last [[follow]] and match its address with find")
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return p.WrongError("answered binary data where a web page was expected")
	}
	d.text = string(text)
	if !extract.IsMarkup(text) && !strings.Contains(strings.ToLower(kind), "html") {
		return nil
	}
	if d.html, err = goquery.NewDocumentFromReader(strings.NewReader(d.text)); err != nil {
		return p.WrongError("answered HTML that cannot be read")
	}
	if href, ok := d.html.Find("base[href]").First().Attr("href"); ok {
		if u := resolve(p.URL, href); u != nil {
			d.base = u
		}
	}
	return nil
}

// find returns the streams on the pages, without duplicates.
func (w *walk) find(pages []*document) (out []extract.Found, err error) {
	seen := map[string]bool{}
	var why error
	total := 0
	scripted := false
	for _, d := range pages {
		r := w.finder.page(d)
		total += r.matches
		if why == nil {
			why = r.why
		}
		scripted = scripted || r.packed || buildsByScript(d.text)
		w.site.Record(extract.Step{What: "find", URL: d.page.Shown(), Yield: r.matches})
		for _, f := range r.found {
			if seen[f.URL] {
				continue
			}
			seen[f.URL] = true
			if f.Title == "" {
				f.Title = d.name()
			}
			f.Headers = w.headers(d.page.URL, f.URL)
			out = append(out, f)
		}
	}
	w.site.Note("streams", len(out))
	shown := pages[0].page.Shown()
	switch {
	case len(out) > 0:
		return out, nil
	case why != nil:
		return nil, fmt.Errorf("%w: %s: %w", stream.ErrNoStreams, shown, why)
	case total > 0:
		return nil, fmt.Errorf("%w: the match of find on %s is not an http or https address", stream.ErrNoStreams, shown)
	case scripted:
		return nil, fmt.Errorf("%w: find matches nothing on %s, which is %w that %w", stream.ErrNoStreams, shown, extract.ErrWebPage, extract.ErrScript)
	case pages[0].html != nil && w.src.Find == "":
		return nil, fmt.Errorf("%w: %s is %w without the address of a playlist%s", stream.ErrNoStreams, shown, extract.ErrWebPage, followHint(pages))
	case pages[0].html != nil:
		return nil, fmt.Errorf("%w: %s is %w on which find matches nothing", stream.ErrNoStreams, shown, extract.ErrWebPage)
	}
	return nil, fmt.Errorf("%w: find matches nothing in the answer of %s", stream.ErrNoStreams, shown)
}

// followHint returns advice for a page without a playlist: the player is usually in an iframe.
func followHint(pages []*document) string {
	if n := pages[0].html.Find("iframe[src]").Length(); n > 0 {
		return fmt.Sprintf("; it has %d iframe(s): follow them with [[follow]] and select = \"iframe\"", n)
	}
	return "; follow the link to the player's page with [[follow]], or open it with kind = \"browser\""
}

// name returns the title for a stream without one: the link's text, or else the title of the page, or else that of the page
// that led to it. A page may have thousands of such streams, so the result is cached.
func (d *document) name() string {
	if d.named == nil {
		name := d.title
		if name == "" && d.html != nil {
			name = extract.CleanTitle(textOf(d.html.Find("title").First()))
		}
		if name == "" && d.from != nil {
			name = d.from.name()
		}
		d.named = &name
	}
	return *d.named
}

// headers returns the headers that a player on the page would send; headers of the source's file take precedence.
func (w *walk) headers(page *url.URL, to string) map[string]string {
	out := map[string]string{"Referer": refererFor(page, to), "Origin": origin(page)}
	for name := range w.src.StreamHeaders {
		for own := range out {
			if strings.EqualFold(name, own) {
				delete(out, own)
			}
		}
	}
	if out["Referer"] == "" {
		delete(out, "Referer")
	}
	return out
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// refererFor returns the Referer that browsers send by default (strict-origin-when-cross-origin): the page's address for its
// own origin, the origin for others, and "" from https to http.
func refererFor(page *url.URL, to string) string {
	u, err := url.Parse(to)
	switch {
	case err != nil || page.Scheme == "https" && u.Scheme == "http":
		return ""
	case !strings.EqualFold(origin(page), origin(u)):
		return origin(page) + "/"
	}
	own := *page
	own.User, own.Fragment, own.RawFragment = nil, "", ""
	return own.String()
}

// selector compiles a CSS selector.
func selector(s string) (goquery.Matcher, error) {
	m, err := cascadia.Compile(s)
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return m, nil
}
