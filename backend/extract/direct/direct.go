// Package direct is the source kind that writes its streams into the file itself. It asks no network: a token that
// has ended cannot be renewed by it, which is what such a source is: a fixed address.
package direct

import (
	"context"
	"fmt"

	"gridwall/backend/chanlist"
	"gridwall/backend/extract"
	"gridwall/backend/source"
	"gridwall/backend/stream"
)

// Extractor is the extractor of kind "direct".
type Extractor struct{}

var _ extract.Extractor = Extractor{}

// Extract returns the streams as they are written. One without a title takes the source's name, numbered where there
// are several.
func (Extractor) Extract(ctx context.Context, src source.Source, site *extract.Site) ([]extract.Found, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(src.Streams) == 0 {
		return nil, stream.ErrNoStreams
	}
	out := make([]extract.Found, len(src.Streams))
	for i, d := range src.Streams {
		title := d.Title
		if title == "" {
			title = src.Name
			if len(src.Streams) > 1 {
				title = fmt.Sprintf("%s %d", src.Name, i+1)
			}
		}
		// Addresses are copied out of lists, with the headers that stand behind them there.
		address, headers := chanlist.AddressAndHeaders(d.URL, nil)
		out[i] = extract.Found{URL: address, Title: title, Quality: d.Quality, Headers: headers}
	}
	site.Note("streams in the file", len(out))
	return out, nil
}
