package extract

import (
	"bytes"
	"io"
	"sync/atomic"
)

// seed is an answer that has already been fetched.
type seed struct {
	url  string
	page *Page
	used atomic.Bool
}

// Seed makes the site answer its first request for rawURL with page, which has already been fetched. It must be called
// before the first request.
func (s *Site) Seed(rawURL string, page *Page) { s.seed = &seed{url: rawURL, page: page} }

// takeSeed returns the seed for the first request for its URL, and nil for any other.
func (s *Site) takeSeed(rawURL string) *Answer {
	if s.seed == nil || s.seed.url != rawURL || s.seed.used.Swap(true) {
		return nil
	}
	p := s.seed.page
	return &Answer{URL: p.URL, ContentType: p.ContentType, shown: p.Shown(), Body: io.NopCloser(bytes.NewReader(p.Body))}
}
