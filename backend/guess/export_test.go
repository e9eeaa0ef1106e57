package guess

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"gridwall/backend/extract"
	"gridwall/backend/stream"
)

// noTransports serves tests that make no requests.
type noTransports struct{}

func (noTransports) Transport(bool, string) (http.RoundTripper, error) {
	return http.DefaultTransport, nil
}

// FromPage proposes a source for an answer without fetching it. It panics if a query that was written for the answer fails: a
// proposal must work.
func FromPage(body []byte, r extract.Registry) (Proposal, error) {
	u := &url.URL{Scheme: "https", Host: "site.test", Path: "/api"}
	page := &extract.Page{URL: u, Body: body}
	d := Proposal{}.Source
	d.Key, d.Name, d.URL = "site", "site.test", u.String()
	drafts, err := drafts(d, u, page)
	if err != nil {
		return Proposal{}, err
	}
	p, err := Guesser{Registry: r}.try(context.Background(), drafts[0], page, noTransports{})
	if err != nil && !errors.Is(err, stream.ErrNoStreams) {
		panic(fmt.Sprintf("%v\n%s", err, fileText(drafts[0])))
	}
	return p, err
}
