// Package demo is the source kind "demo": it lists the feeds of the built-in demo.
//
// Not here: the demo itself with its media, tokens and HTTP server (backend/democdn). Package app connects the two.
package demo

import (
	"context"
	"errors"

	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// ErrOff is returned for a source of this kind if there is no demo.
var ErrOff = errors.New("the demo is off")

// Feed is one feed of the demo: the URL of its multivariant playlist with a fresh token, its title and its quality.
type Feed struct{ URL, Title, Quality string }

// Extractor lists the demo's feeds.
type Extractor struct{ feeds func() ([]Feed, error) }

// New returns the extractor. feeds is called by every extraction, because each must return new tokens; it may start the
// demo. It is nil if there is no demo.
func New(feeds func() ([]Feed, error)) *Extractor { return &Extractor{feeds} }

// Extract returns the demo's feeds. It returns ErrOff if there is no demo, and stream.ErrNoStreams if it has no feeds.
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
