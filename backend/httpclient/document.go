package httpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"gridwall/backend/cookies"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// Document returns the whole text at an address from the user's configuration, such as a calendar's. It returns the error
// tooLarge for more than limit bytes, and a *DocumentError for a status other than 200. A private host is requested only if
// rawURL itself names it; then redirects to other hosts are not followed. Errors contain the redacted address.
func Document(ctx context.Context, t Transports, rawURL string, limit int64, tooLarge error) ([]byte, error) {
	u, err := weburl.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("%s: %w", stream.RedactURL(rawURL), err) }
	p := Policy{AllowPrivate: namesPrivate(u.Hostname())}
	if p.AllowPrivate {
		p.Allow = func(next *url.URL) error {
			if next.Host != u.Host {
				return errors.New("a redirect to another host is not followed")
			}
			return nil
		}
	}
	client, err := New(t, p, cookies.New())
	if err != nil {
		return nil, err
	}
	resp, err := client.Get(ctx, Request{URL: u, Text: true})
	if err != nil {
		return fail(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		e := &DocumentError{URL: stream.RedactURL(rawURL), Status: resp.Status}
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
			e.RetryAfter, _ = RetryAfter(resp.Header, time.Now())
		}
		return nil, e
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return fail(err)
	}
	if int64(len(body)) > limit {
		return fail(tooLarge)
	}
	return body, nil
}

// DocumentError is returned by Document for a status other than 200.
type DocumentError struct {
	// URL is redacted.
	URL, Status string
	// RetryAfter is the Retry-After of a 429 or 503; 0 if it has none.
	RetryAfter time.Duration
}

func (e *DocumentError) Error() string { return e.URL + " answers " + e.Status }

// namesPrivate reports whether a host is a private address or a name of this machine. Link-local addresses do not count.
func namesPrivate(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.Unmap().IsLoopback() || ip.Unmap().IsPrivate())
}
