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
	// maxSlurp bounds how much of a redirect's body is read to reuse its connection, in bytes.
	maxSlurp = 2 << 10
)

var (
	// ErrTooManyRedirects is returned after more than MaxRedirects.
	ErrTooManyRedirects = errors.New("too many redirects")
	// ErrRedirectLoop is returned instead if the chain contains an address twice. A page may redirect to itself once, after
	// setting a cookie.
	ErrRedirectLoop = errors.New("redirect loop")
)

// Client sends the requests of one stream, of one extraction or of one calendar. Its fields are set once, before the
// first request. It is safe for concurrent use.
type Client struct {
	// Transport is one of package upstream, which guards against private addresses. Tests may use any.
	Transport http.RoundTripper
	// Jar keeps the cookies; nil for none.
	Jar *cookies.Jar
	// Headers are the source's. Those that are not Sendable are not sent; secrets are sent only where Scope allows.
	Headers map[string]string
	// Home is the address that Headers were written for: a Host header is sent to that host only.
	Home *url.URL
	// Scope is the set of hosts that Headers, and the path of a Referer, may be sent to.
	Scope weburl.Scope
	// Allow is called before each redirect; an error ends the request. nil allows all.
	Allow func(next *url.URL) error
}

// Request is one GET.
type Request struct {
	URL *url.URL
	// Range is the value of a Range header; "" requests the whole.
	Range string
	// Referer is the page that contains the address; nil for none. It is sent as browsers do: whole within its registrable
	// domain, elsewhere as the origin only. A Referer in Headers takes precedence where it may be sent.
	Referer *url.URL
	// Text is set for playlists, lists, pages and calendars: the request accepts compression, and the body is decompressed
	// even if the answer does not announce it. Media is requested without compression, and decompressed only if announced.
	Text bool
	// Packed is set if the body is known to be gzip although no header says so: it is decompressed.
	Packed bool
}

// Response is an answer with its body decompressed. The caller closes the body.
type Response struct {
	*http.Response
	// URL is the address that answered, after redirects.
	URL *url.URL
	// Withheld is the host that answered, if secrets in the Client's headers were not sent to it; otherwise "".
	Withheld string
}

// public are headers that browsers send to every site. All other headers of a source are secrets.
var public = map[string]bool{"User-Agent": true, "Accept": true, "Accept-Language": true}

// Get sends r and follows redirects. Its errors contain no address; the caller adds it.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	u := r.URL
	var via []string
	escaped := false
	for {
		req, withheld := c.request(ctx, u, r)
		resp, err := c.Transport.RoundTrip(onWire(req))
		if err != nil {
			if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
				err = wrapped.Err // the outer text contains the whole address
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
			// Some servers refuse a % that starts no escape, others require it unchanged.
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

// answer returns the Response for the last answer.
func (c *Client) answer(ctx context.Context, r Request, resp *http.Response, u *url.URL, withheld string) (*Response, error) {
	claims := codings(resp.Header.Values("Content-Encoding"))
	if r.Packed && len(claims) == 0 {
		claims = []string{"gzip"}
	}
	if len(claims) > 0 && resp.StatusCode == http.StatusPartialContent && r.Range != "" {
		// Part of a compressed body cannot be decompressed: the whole is requested, and the caller finds its part in it.
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

// request returns the request of one hop. withheld is its host if secrets are not sent there.
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
				// Cookies are those of the named host.
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

// isHostHeader reports whether the value of a source's Host header can be sent.
func isHostHeader(value string) bool {
	_, err := weburl.ParseHost("", value)
	return err == nil
}

// refererFor returns the Referer that a browser sends to target (strict-origin-when-cross-origin, by registrable domain).
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

// follow returns the target of a redirect from u. via are the addresses of the chain before u.
func (c *Client) follow(u *url.URL, location string, via *[]string) (*url.URL, error) {
	next, err := weburl.Resolve(u, location)
	if err != nil {
		if scheme, _ := weburl.CutScheme(weburl.Clean(location)); errors.Is(err, weburl.ErrScheme) && scheme != "" {
			return nil, fmt.Errorf("redirected to a %q address: %w", scheme, weburl.ErrScheme)
		}
		return nil, fmt.Errorf("redirected to an invalid address: %w", err)
	}
	*via = append(*via, weburl.Text(u))
	if len(*via) > MaxRedirects {
		seen := map[string]bool{}
		for _, text := range *via {
			if seen[text] {
				return nil, fmt.Errorf("%w: it returns to %s", ErrRedirectLoop, stream.RedactURL(text))
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
		next.User = u.User // browsers keep it for the origin
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

// discard closes an answer that is not used. If little of it is left, its connection can be reused.
func discard(resp *http.Response) {
	if resp.ContentLength <= maxSlurp {
		_, _ = io.CopyN(io.Discard, resp.Body, maxSlurp)
	}
	_ = resp.Body.Close()
}

// escapeStray returns u with each % that starts no escape written as %25; nil if its path has none.
func escapeStray(u *url.URL) *url.URL {
	raw := weburl.WirePath(u)
	if raw == u.EscapedPath() {
		return nil
	}
	v := *u
	v.RawPath = ""
	return &v
}

// onWire returns req in the form that the transport needs: a path that net/url would encode again is passed as Opaque.
func onWire(req *http.Request) *http.Request {
	u := req.URL
	path := weburl.WirePath(u)
	if path == u.EscapedPath() {
		return req
	}
	out, v := *req, *u
	v.Opaque = path
	if strings.HasPrefix(path, "//") {
		v.Opaque = "//" + u.Host + path // the absolute form, because "//x" alone would be taken for one
	}
	out.URL = &v
	return &out
}

// Denied reports whether a status may mean that a header or a token is missing.
func Denied(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

// Hint returns advice for an answer that denies access to a request without the source's secrets; "" for any other.
func (r *Response) Hint() string {
	if r.Withheld == "" || !Denied(r.StatusCode) {
		return ""
	}
	return Hint(r.Withheld)
}

// Hint returns advice for a refusal by a host that secrets are not sent to.
func Hint(host string) string {
	return fmt.Sprintf("the source's headers and token were not sent to %s; if it needs them, add stream_hosts = [%q] to the source", host, host)
}
