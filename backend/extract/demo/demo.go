// Package demo is the extractor of the kind "demo": it asks the built-in demo for its feeds. The demo itself (media,
// tokens, HTTP) is backend/democdn; app joins the two, since no kind knows it.
package demo

import (
	"context"
	"errors"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// ErrOff is returned for a source of this kind while the demo is not running.
var ErrOff = errors.New("the demo is off: start with --demo")

// Feed is one feed of the demo: the address of its multivariant playlist with a fresh token, and its names.
type Feed struct{ URL, Title, Quality string }

// Extractor lists the demo's feeds.
type Extractor struct{ feeds func() []Feed }

// New makes the extractor. feeds is asked at every extraction, since each must bring fresh tokens; nil means that the
// demo is not running.
func New(feeds func() []Feed) *Extractor { return &Extractor{feeds} }

// Extract returns the feeds that the demo lists now. It fails with ErrOff where no demo runs, and with
// stream.ErrNoStreams where it lists none.
func (e *Extractor) Extract(ctx context.Context, _ source.Source, site *extract.Site) ([]extract.Found, error) {
	if e.feeds == nil {
		return nil, ErrOff
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	feeds := e.feeds()
	if site != nil {
		site.Note("demo", len(feeds))
	}
	if len(feeds) == 0 {
		return nil, stream.ErrNoStreams
	}
	found := make([]extract.Found, len(feeds))
	for i, f := range feeds {
		found[i] = extract.Found{URL: f.URL, Title: f.Title, Quality: f.Quality}
	}
	return found, nil
}
