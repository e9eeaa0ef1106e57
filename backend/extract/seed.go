package extract

import (
	"bytes"
	"io"
	"sync/atomic"
)

// seed is an answer that was fetched already.
type seed struct {
	url  string
	page *Page
	used atomic.Bool
}

// Seed answers the site's first request for rawURL with a page that was fetched already. It is called before the first
// request.
func (s *Site) Seed(rawURL string, page *Page) { s.seed = &seed{url: rawURL, page: page} }

// takeSeed answers the first request for the seed's URL with the seed, later ones with nil.
func (s *Site) takeSeed(rawURL string) *Answer {
	if s.seed == nil || s.seed.url != rawURL || s.seed.used.Swap(true) {
		return nil
	}
	p := s.seed.page
	return &Answer{URL: p.URL, ContentType: p.ContentType, shown: p.Shown(), Body: io.NopCloser(bytes.NewReader(p.Body))}
}
