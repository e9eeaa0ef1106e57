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

// ErrOff is returned for a source of this kind where no demo can run.
var ErrOff = errors.New("the demo is off")

// Feed is one feed of the demo: the address of its multivariant playlist with a fresh token, and its names.
type Feed struct{ URL, Title, Quality string }

// Extractor lists the demo's feeds.
type Extractor struct{ feeds func() ([]Feed, error) }

// New makes the extractor. feeds is asked at every extraction, since each must bring fresh tokens; it may start
// the demo. Nil means that there is none.
func New(feeds func() ([]Feed, error)) *Extractor { return &Extractor{feeds} }

// Extract returns the feeds that the demo lists now. It fails with ErrOff where there is no demo, and with
// stream.ErrNoStreams where it lists none.
func (e *Extractor) Extract(ctx context.Context, _ source.Source, site *extract.Site) ([]extract.Found, error) {
	if e.feeds == nil {
		return nil, ErrOff
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	feeds, err := e.feeds()
	if err != nil {
		return nil, err
	}
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
