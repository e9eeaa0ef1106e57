package browser

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"golang.org/x/net/http/httpguts"

	"gridwall/backend/extract"
	"gridwall/backend/stream"
)

// uriAttribute finds the URIs in the tags of a multivariant playlist (RFC 8216, section 4.3.4).
var uriAttribute = regexp.MustCompile(`URI="([^"]+)"`)

// streams returns the matches that are streams, in the order of the page's requests. It omits children of other matches'
// playlists, repeated requests, and refused ones, which it counts.
func (rec *recorder) streams() (out []*request, refused int) {
	children := map[string]bool{}
	for _, r := range rec.order {
		if r.matched {
			for _, child := range childrenOf(r) {
				children[child] = true
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range rec.order {
		switch {
		case !r.matched || children[hostAndPath(r.url)]:
		case r.status >= 400 || r.failed != "" && r.status == 0 && !r.cors:
			refused++
		case !seen[withoutDirectives(r.url)]:
			seen[withoutDirectives(r.url)] = true
			out = append(out, r)
		}
	}
	return out, refused
}

// childrenOf returns the host and path of each URI in a multivariant playlist; nil for any other body.
func childrenOf(r *request) (out []string) {
	base, err := url.Parse(r.last)
	if err != nil || !bytes.Contains(r.body, []byte("#EXT-X-STREAM-INF")) {
		return nil
	}
	add := func(ref string) {
		if u, err := base.Parse(ref); err == nil {
			out = append(out, hostAndPath(u.String()))
		}
	}
	for line := range bytes.Lines(r.body) {
		s := strings.TrimSpace(string(line))
		switch {
		case s == "":
		case s[0] != '#':
			add(s)
		case strings.HasPrefix(s, "#EXT-X-MEDIA:"), strings.HasPrefix(s, "#EXT-X-I-FRAME-STREAM-INF:"):
			if m := uriAttribute.FindStringSubmatch(s); m != nil {
				add(m[1])
			}
		}
	}
	return out
}

// hostAndPath returns the host and path of a URL: players add their token to the URIs of a playlist.
func hostAndPath(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return rawURL
	}
	return u.Host + u.EscapedPath()
}

// withoutDirectives returns the URL without the delivery directives that players add when they reload a playlist
// (RFC 8216bis, section 6.2.5).
func withoutDirectives(rawURL string) string {
	base, query, ok := strings.Cut(rawURL, "?")
	if !ok {
		return rawURL
	}
	parts := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool { return strings.HasPrefix(p, "_HLS_") })
	if len(parts) == 0 {
		return base
	}
	return base + "?" + strings.Join(parts, "&")
}

// found returns the streams of the run. title is the page's.
func (r *run) found(title string) []extract.Found {
	r.mu.Lock()
	defer r.mu.Unlock()
	streams, _ := r.streams()
	if title == "" {
		title = r.src.Name
	}
	// A page can have several feeds. They are numbered by path, so that they get the same titles in every run, whatever the
	// order of the requests.
	byPath := slices.Clone(streams)
	slices.SortStableFunc(byPath, func(a, b *request) int { return cmp.Compare(pathOf(a.url), pathOf(b.url)) })
	out := make([]extract.Found, 0, len(streams))
	for _, q := range streams {
		f := extract.Found{URL: withoutDirectives(q.url), Title: title, Headers: r.headers(q)}
		if len(streams) > 1 {
			f.Title = fmt.Sprintf("%s %d", title, slices.Index(byPath, q)+1)
		}
		out = append(out, f)
	}
	return out
}

func pathOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return rawURL
	}
	return u.EscapedPath()
}

// headers returns the headers for the CDN: those that the page sent, except those about the connection, about what a
// browser can decode, and about a single request, and except those that the source's file sets.
func (r *run) headers(q *request) map[string]string {
	out := map[string]string{}
	for name, values := range q.headers {
		value := strings.TrimSpace(values[0])
		if value == "" || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			continue
		}
		switch {
		case strings.HasPrefix(name, "Accept"), strings.HasPrefix(name, "Sec-"), strings.HasPrefix(name, "If-"),
			strings.HasPrefix(name, "Content-"), strings.HasPrefix(name, "Proxy-"), strings.HasPrefix(name, "Access-Control-"):
			continue
		}
		switch name {
		case "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Expect", "Range",
			"Upgrade-Insecure-Requests", "Cache-Control", "Pragma", "Priority", "Dnt", "Purpose", "Rtt", "Downlink", "Ect":
			continue
		}
		out[name] = value
	}
	if out["User-Agent"] == "" && r.userAgent != "" {
		out["User-Agent"] = r.userAgent
	}
	for name := range r.src.StreamHeaders {
		delete(out, http.CanonicalHeaderKey(name))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// noStreamError returns why a page that loaded had no stream.
func (r *run) noStreamError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, refused := r.streams()
	for _, q := range r.order {
		if !q.matched {
			continue
		}
		if u, err := url.Parse(q.last); err == nil {
			port := map[string]string{"http": "80", "https": "443"}[u.Scheme]
			if why := r.proxy.refusal(withPort(u.Host, port)); why != nil {
				return fmt.Errorf("%w: a request of %s is refused: %w", stream.ErrNoStreams, r.shown(), why)
			}
		}
		if q.status >= 400 {
			return fmt.Errorf("%w: %s requested a stream, but %s answered %d", stream.ErrNoStreams, r.shown(), stream.RedactURL(q.url), q.status)
		}
	}
	if refused > 0 {
		return fmt.Errorf("%w: %s requested a stream, but got no answer", stream.ErrNoStreams, r.shown())
	}
	what := "requested no HLS playlist"
	if r.src.Match != "" {
		what = "made no request that the source's match selects"
	}
	return fmt.Errorf("%w: %s is %w that %s in the browser (of %d requests)", stream.ErrNoStreams, r.shown(), extract.ErrWebPage, what, len(r.order))
}

// tracedTypes are the types of requests that help to fix a source; pictures, fonts and styles do not.
var tracedTypes = map[network.ResourceType]bool{
	network.ResourceTypeDocument: true, network.ResourceTypeXHR: true, network.ResourceTypeFetch: true,
	network.ResourceTypeMedia: true, network.ResourceTypeManifest: true,
}

// trace adds the browser's requests to the trace.
func (r *run) trace(start time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what := "browser"
	if r.product != "" {
		what = "browser " + r.product
	}
	r.site.Record(extract.Step{What: what, Duration: time.Since(start), Yield: len(r.order)})
	for _, q := range r.order {
		if q != r.main && !q.matched && !tracedTypes[q.kind] {
			continue
		}
		step := extract.Step{
			What: "request", Method: q.method, URL: stream.RedactURL(q.url), Status: int(q.status), Duration: q.took, Bytes: q.bytes, Error: q.failed,
		}
		if q.matched {
			step.What, step.Yield = "match", 1
		}
		r.site.Record(step)
	}
}
