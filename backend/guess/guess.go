package guess

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"gridwall/backend/chanlist"
	"gridwall/backend/extract"
	"gridwall/backend/health"
	"gridwall/backend/media"
	"gridwall/backend/source"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// Guesser proposes a source for an address that a user pastes.
type Guesser struct {
	// Registry has the kinds that may be proposed; each proposal is tried with its extractor.
	Registry extract.Registry
	// Taken reports whether a key is in use; nil if none is.
	Taken func(key string) bool
	// Programs permits running programs of this machine (yt-dlp, Streamlink) on a web page.
	Programs bool
}

// Proposal is a source that was tried, with its result.
type Proposal struct {
	// Source is the parsed Text. Its File is empty: the proposal is not written anywhere.
	Source source.Source
	// Text is the TOML of the source's file. If its streams cannot be played, it begins with a one-line comment that says so.
	Text string
	// Found are the streams that the trial found; never empty.
	Found []extract.Found
	// Steps is the trace of fetching the address and of the trial.
	Steps []extract.Step
}

// Guess fetches rawURL once, and proposes a source for the answer: of kind direct for an HLS playlist, of kind m3u for an M3U list,
// and of kind json for JSON with addresses of playlists, with a jq program that yields them; for a web page see pageDrafts. It
// tries the proposal on the answer, and requests its first streams as a player would: if they cannot be played, it adds a comment
// to the proposal's text, or, for a web page, tries the next kind. For any other answer the error names what it is.
//
// A private host is fetched only if rawURL obviously names one (an address, localhost, nas.local): then it is what the user
// wants, and the proposal has allow_private.
func (g Guesser) Guess(ctx context.Context, rawURL string, t extract.Transports) (Proposal, error) {
	rawURL = strings.TrimSpace(rawURL)
	u, err := weburl.Parse(rawURL)
	if err != nil {
		return Proposal{}, fetchError(stream.RedactURL(rawURL), extract.ErrScheme, "is not a web address: use one that begins with http:// or https://")
	}
	rawURL = weburl.Written(rawURL, u)
	draft := source.Source{Name: u.Hostname(), Enabled: true, AllowPrivate: isLiteralPrivate(u.Hostname()), URL: rawURL}
	draft.Key = freeKey(keyFor(u), g.Taken)
	site, err := extract.NewSite(draft, t, extract.Limits{})
	if err != nil {
		return Proposal{}, err
	}
	page, err := site.Get(ctx, rawURL)
	if err != nil {
		return Proposal{}, err
	}
	steps := site.Trace()
	if isWebPage(page.Body) && !isDocument(page) {
		return g.guessPage(ctx, draft, page, t, steps)
	}
	drafts, err := drafts(draft, u, page)
	if err != nil {
		return Proposal{}, err
	}
	var first error
	for _, d := range drafts {
		p, err := g.try(ctx, d, page, t)
		if err == nil {
			p.Steps = append(steps, p.Steps...)
			if why := unplayable(ctx, p, t); why != "" {
				p.remark("cannot be played now: " + why)
			}
			return p, ctx.Err()
		}
		if ctx.Err() != nil {
			return Proposal{}, err
		}
		if first == nil {
			first = err
		}
	}
	return Proposal{}, first
}

// try runs the draft's extractor on the page, which was already fetched.
func (g Guesser) try(ctx context.Context, d source.Source, page *extract.Page, t extract.Transports) (Proposal, error) {
	x, ok := g.Registry[d.Kind]
	if !ok {
		return Proposal{}, fmt.Errorf("%w: kind %q", stream.ErrNoExtractor, d.Kind)
	}
	text := fileText(d)
	// The user gets the text, so the text must work.
	src, err := source.Parse(d.Key+".toml", []byte(text), nil)
	if err != nil {
		return Proposal{}, fmt.Errorf("the proposed source does not parse: %w", err)
	}
	src.File = ""
	site, err := extract.NewSite(src, t, extract.Limits{})
	if err != nil {
		return Proposal{}, err
	}
	site.Seed(d.URL, page)
	run := src
	if src.Kind == "command" {
		var done func()
		if run, done, err = g.guarded(src, site); err != nil {
			return Proposal{}, err
		}
		defer done()
	}
	found, err := x.Extract(ctx, run, site)
	if err != nil {
		return Proposal{}, err
	}
	if len(found) == 0 {
		return Proposal{}, fmt.Errorf("%w: %s", stream.ErrNoStreams, page.Shown())
	}
	return Proposal{Source: src, Text: text, Found: found, Steps: site.Trace()}, nil
}

// checkedStreams is how many streams of a trial are checked; one that plays is enough.
const checkedStreams = 3

// unplayable returns in one line why none of the first streams of a proposal can be played; "" if one can.
func unplayable(ctx context.Context, p Proposal, t extract.Transports) (why string) {
	c := health.New(t, nil)
	first := p.Found[:min(len(p.Found), checkedStreams)]
	reasons := make([]string, len(first))
	var all sync.WaitGroup
	for i, f := range first {
		all.Go(func() {
			h, ok := c.Check(ctx, stream.Stream{URL: f.URL, Headers: extract.StreamHeaders(p.Source, f.Headers)}, p.Source)
			if ok && !h.Live {
				reasons[i] = fmt.Sprintf("%s %s", stream.RedactURL(f.URL), h.Reason)
			}
		})
	}
	all.Wait()
	for _, r := range reasons {
		if r == "" {
			return ""
		}
	}
	return extract.CleanTitle(reasons[0])
}

// remark adds a one-line comment before the file's text.
func (p *Proposal) remark(line string) { p.Text = "# " + extract.CleanTitle(line) + "\n" + p.Text }

// namedLine matches lists of lines "name,address", with groups between them.
var namedLine = regexp.MustCompile(`^[^,\n{}<>]{1,200},[ \t]*(?:https?://|#genre#)`)

// drafts returns the possible sources for the answer, the likeliest first. The error names an answer that has none.
func drafts(d source.Source, u *url.URL, page *extract.Page) ([]source.Source, error) {
	text, err := page.Text()
	if err != nil {
		return nil, err
	}
	body := extract.TrimBlanks(text)
	kind := strings.ToLower(strings.TrimSpace(strings.Split(page.ContentType, ";")[0]))
	switch {
	case len(body) == 0:
		return nil, page.WrongError("answered nothing")
	case extract.IsMarkup(body) && !isDocument(page):
		return nil, refuseMarkup(page, body)
	case body[0] == '#' && chanlist.JudgePlaylist(body) == chanlist.HLSPlaylist:
		d.Kind = "direct"
		d.Streams = []source.Direct{{URL: d.URL, Title: titleFor(u)}}
		return []source.Source{d}, nil
	case body[0] == '#', bytes.HasPrefix(body, []byte("http://")), bytes.HasPrefix(body, []byte("https://")), namedLine.Match(body):
		d.Kind = "m3u"
		return []source.Source{d}, nil
	case body[0] == '{' || body[0] == '[':
		return jsonDrafts(d, page)
	case isMedia(kind, body):
		return nil, page.WrongError("answered a media file, not a playlist: an HLS feed begins with a playlist, whose address often ends in .m3u8")
	}
	if isDocument(page) {
		return jsonDrafts(d, page)
	}
	if kind == "" {
		kind = "no Content-Type"
	}
	return nil, page.WrongError(fmt.Sprintf("answered %d bytes (%s) that are neither an HLS playlist nor an M3U list nor JSON", len(page.Body), kind))
}

// jsonDrafts returns a source of kind json with a jq program written for the page.
func jsonDrafts(d source.Source, page *extract.Page) ([]source.Source, error) {
	doc, err := page.JSONDocument()
	switch {
	case errors.Is(err, extract.ErrManyValues):
		return nil, page.WrongError("answered more than one JSON value")
	case err != nil:
		return nil, page.WrongError("answered broken JSON")
	}
	if d.Query = query(doc); d.Query == "" {
		return nil, page.WrongError("answered JSON without an address that ends in .m3u8: its streams may be at another address")
	}
	d.Kind = "json"
	return []source.Source{d}, nil
}

// isDocument reports whether the page is a JSON object or list, with or without a wrapping such as JSONP.
func isDocument(page *extract.Page) bool {
	doc, err := page.JSONDocument()
	if err != nil {
		return false
	}
	switch doc.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// refuseMarkup returns an error that names the kind of markup, and what to do about it.
func refuseMarkup(page *extract.Page, body []byte) error {
	switch kind := extract.Markup(body); kind {
	case extract.WebPage:
		return fetchError(page.Shown(), extract.ErrWebPage, "answered %v: it needs a source of kind page, which says where its streams are", extract.ErrWebPage)
	case media.DASH.String(), media.Smooth.String():
		return page.WrongError("answered " + kind + ": only HLS is played")
	default:
		return page.WrongError("answered " + kind + ", which no kind of source reads")
	}
}

// isWebPage reports whether a text is HTML, and not something else that begins with '<'.
func isWebPage(body []byte) bool {
	return extract.IsMarkup(body) && extract.Markup(body) == extract.WebPage
}

// isMedia reports whether an answer is media, by its type or its first bytes: MPEG-TS, ISO BMFF, Matroska.
func isMedia(kind string, body []byte) bool {
	return strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/") && !strings.Contains(kind, "mpegurl") ||
		len(body) > 188 && body[0] == 0x47 && body[188] == 0x47 ||
		len(body) > 8 && string(body[4:8]) == "ftyp" || bytes.HasPrefix(body, []byte("\x1aE\xdf\xa3"))
}

// carrierNAT is used inside provider networks, and by overlay networks such as Tailscale (RFC 6598).
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// isLiteralPrivate reports whether a host is obviously private: an address of a home network, or a name that never means a host
// of the public internet (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal, and a name without a dot).
func isLiteralPrivate(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	addr, err := netip.ParseAddr(host)
	if err == nil {
		addr = addr.WithZone("").Unmap()
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || carrierNAT.Contains(addr)
	}
	if !strings.Contains(host, ".") {
		return strings.ContainsFunc(host, unicode.IsLetter) && !strings.HasPrefix(host, "0x")
	}
	for _, suffix := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
