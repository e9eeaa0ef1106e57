package httpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"gridwall/backend/cookies"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

const (
	// MaxRedirects bounds the redirects of one request; browsers allow 20, sites need 3.
	MaxRedirects = 10
	// maxSlurp is how much of a redirect's body is read so that its connection can be used again, in bytes.
	maxSlurp = 2 << 10
)

var (
	// ErrTooManyRedirects is returned beyond the bound of redirects.
	ErrTooManyRedirects = errors.New("too many redirects")
	// ErrRedirectLoop is returned there where the chain holds one address twice. A page may well redirect to itself once,
	// after it has set a cookie.
	ErrRedirectLoop = errors.New("redirect loop")
)

// Client sends the requests of one stream, of one extraction or of one calendar. Its fields are set once, before the
// first request. It is safe for concurrent use.
type Client struct {
	// Transport is a guarded one (package upstream). A test may give any.
	Transport http.RoundTripper
	// Jar keeps the cookies; nil for none.
	Jar *cookies.Jar
	// Headers are the source's. Those that are not Sendable stay here; secrets among them go where Scope allows.
	Headers map[string]string
	// Home is the address that Headers were written for: a Host header goes to exactly that host.
	Home *url.URL
	// Scope says where Headers, and the path of a Referer, may go.
	Scope weburl.Scope
	// Allow is asked before each redirect; an error ends the request. nil allows all.
	Allow func(next *url.URL) error
}

// Request is one GET.
type Request struct {
	URL *url.URL
	// Range is the value of a Range header, "" for the whole.
	Range string
	// Referer is the page that the address stood on; nil for none. It goes as browsers send it: whole inside one
	// registrable domain, and elsewhere as its origin alone. A Referer among Headers comes first where it may go.
	Referer *url.URL
	// Text is set for playlists, lists, pages and calendars: compression is asked for, and taken off also where the
	// answer does not announce it. Media is asked for as it is, and unpacked only where the answer says that it is packed.
	Text bool
	// Packed is set if the body is known to be gzip although no header says so: it is decompressed.
	Packed bool
}

// Response is an answer with its body decoded. The caller closes the body.
type Response struct {
	*http.Response
	// URL is where the answer came from, after redirects.
	URL *url.URL
	// Withheld is the host that answered, where secrets among the Client's headers did not go to it; else "".
	Withheld string
}

// public are headers that any browser sends to anyone. All others that a source names are its secrets.
var public = map[string]bool{"User-Agent": true, "Accept": true, "Accept-Language": true}

// Get sends r and follows redirects. Its errors hold no address; the caller says which one it asked for.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	u := r.URL
	var via []string
	escaped := false
	for {
		req, withheld := c.request(ctx, u, r)
		resp, err := c.Transport.RoundTrip(onWire(req))
		if err != nil {
			if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
				err = wrapped.Err // its text holds the whole address
			}
			return nil, err
		}
		resp.Request = req
		if c.Jar != nil {
			named := *u
			named.Host = req.Host
			c.Jar.Set(&named, resp.Header.Values("Set-Cookie"))
		}
		if other := escapeStray(u); resp.StatusCode == http.StatusBadRequest && other != nil && !escaped {
			// Some servers refuse a % that begins no escape, where others demand it as it is written.
			escaped = true
			discard(resp)
			u = other
			continue
		}
		location := resp.Header.Get("Location")
		if !isRedirect(resp.StatusCode) || location == "" {
			return c.answer(ctx, r, resp, u, withheld)
		}
		discard(resp)
		next, err := c.follow(u, location, &via)
		if err != nil {
			return nil, err
		}
		u, escaped = next, false
	}
}

// answer makes a Response of the last answer.
func (c *Client) answer(ctx context.Context, r Request, resp *http.Response, u *url.URL, withheld string) (*Response, error) {
	claims := codings(resp.Header.Values("Content-Encoding"))
	if r.Packed && len(claims) == 0 {
		claims = []string{"gzip"}
	}
	if len(claims) > 0 && resp.StatusCode == http.StatusPartialContent && r.Range != "" {
		// A part of a packed body cannot be unpacked: the whole is asked for, and the caller finds its part in it.
		discard(resp)
		r.Range, r.URL = "", u
		return c.Get(ctx, r)
	}
	if (len(claims) > 0 || r.Text) && resp.Body != nil && resp.Body != http.NoBody {
		if len(claims) > 0 {
			resp.ContentLength = -1
			resp.Header.Del("Content-Length")
			resp.Header.Del("Content-Encoding")
			resp.Uncompressed = true
		}
		resp.Body = &decoded{Closer: resp.Body, src: resp.Body, claims: claims, text: r.Text}
	}
	return &Response{Response: resp, URL: u, Withheld: withheld}, nil
}

// request makes the request of one hop. withheld names its host where secrets do not go there.
func (c *Client) request(ctx context.Context, u *url.URL, r Request) (req *http.Request, withheld string) {
	req = (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}}).WithContext(ctx)
	h := req.Header
	h.Set("User-Agent", stream.UserAgent)
	h.Set("Accept", "*/*")
	h.Set("Accept-Encoding", "identity")
	if r.Text {
		h.Set("Accept-Encoding", "gzip")
	}
	inside := c.Scope.Covers(u)
	if r.Referer != nil {
		if text := refererFor(r.Referer, u); text != "" {
			h.Set("Referer", text)
		}
	}
	cookie, jarred := "", u
	for name, value := range c.Headers {
		name = http.CanonicalHeaderKey(name)
		switch {
		case name == "Host":
			if c.Home != nil && u.Host == c.Home.Host && isHostHeader(value) {
				// Cookies are those of the host that is named.
				named := *u
				req.Host, named.Host, jarred = value, value, &named
			}
		case !Sendable(name, value):
		case !inside && !public[name]:
			withheld = u.Hostname()
		case name == "Cookie":
			cookie = strings.TrimSpace(value)
		default:
			h.Set(name, value)
		}
	}
	if cookie = c.Jar.Header(jarred, cookie); cookie != "" {
		h.Set("Cookie", cookie)
	}
	if u.User != nil && h.Get("Authorization") == "" {
		password, _ := u.User.Password()
		req.SetBasicAuth(u.User.Username(), password)
	}
	if r.Range != "" {
		h.Set("Range", r.Range)
	}
	return req, withheld
}

// isHostHeader reports whether a Host header that a source names can be sent.
func isHostHeader(value string) bool {
	_, err := weburl.ParseHost("", value)
	return err == nil
}

// refererFor returns what a browser tells target of the page that names it (strict-origin-when-cross-origin, by registrable
// domain).
func refererFor(page, target *url.URL) string {
	if page.Scheme == "https" && target.Scheme == "http" {
		return ""
	}
	if !weburl.SameSite(page, target) {
		return page.Scheme + "://" + page.Host + "/"
	}
	plain := *page
	plain.User = nil
	return weburl.Text(&plain)
}

// follow returns where a redirect from u leads. via holds the addresses of the chain before u.
func (c *Client) follow(u *url.URL, location string, via *[]string) (*url.URL, error) {
	next, err := weburl.Resolve(u, location)
	if err != nil {
		if scheme, _ := weburl.CutScheme(weburl.Clean(location)); errors.Is(err, weburl.ErrScheme) && scheme != "" {
			return nil, fmt.Errorf("redirected to a %q address: %w", scheme, weburl.ErrScheme)
		}
		return nil, fmt.Errorf("redirected to an address that cannot be read: %w", err)
	}
	*via = append(*via, weburl.Text(u))
	if len(*via) > MaxRedirects {
		seen := map[string]bool{}
		for _, text := range *via {
			if seen[text] {
				return nil, fmt.Errorf("%w: it comes back to %s", ErrRedirectLoop, stream.RedactURL(text))
			}
			seen[text] = true
		}
		return nil, fmt.Errorf("%w (more than %d)", ErrTooManyRedirects, MaxRedirects)
	}
	if c.Allow != nil {
		if err := c.Allow(next); err != nil {
			return nil, err
		}
	}
	if next.User == nil && next.Scheme == u.Scheme && next.Host == u.Host {
		next.User = u.User // browsers keep them for the origin
	}
	return next, nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// discard ends an answer that is not wanted, so that its connection can be used again where little is left of it.
func discard(resp *http.Response) {
	if resp.ContentLength <= maxSlurp {
		_, _ = io.CopyN(io.Discard, resp.Body, maxSlurp)
	}
	_ = resp.Body.Close()
}

// escapeStray returns u with its stray % escaped; nil if its path has none.
func escapeStray(u *url.URL) *url.URL {
	raw := weburl.WirePath(u)
	if raw == u.EscapedPath() {
		return nil
	}
	v := *u
	v.RawPath = ""
	return &v
}

// onWire returns req as the transport must see it: where net/url would encode the path again, it goes as Opaque.
func onWire(req *http.Request) *http.Request {
	u := req.URL
	path := weburl.WirePath(u)
	if path == u.EscapedPath() {
		return req
	}
	out, v := *req, *u
	v.Opaque = path
	if strings.HasPrefix(path, "//") {
		v.Opaque = "//" + u.Host + path // the absolute form, for "//x" alone would be one
	}
	out.URL = &v
	return &out
}

// Denied reports whether a status can mean that a header or a token is missing.
func Denied(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// Hint reports what to do about an answer that denies access to a request without the source's secrets; "" for any other.
func (r *Response) Hint() string {
	if r.Withheld == "" || !Denied(r.StatusCode) {
		return ""
	}
	return Hint(r.Withheld)
}

// Hint reports what to do about a refusal by a host that secrets do not go to.
func Hint(host string) string {
	return fmt.Sprintf("the source's headers and token were not sent to %s; if it needs them, add stream_hosts = [%q] to the source", host, host)
}
