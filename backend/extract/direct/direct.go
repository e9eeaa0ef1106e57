// Package direct is the source kind with its streams in the file itself. It makes no requests, so it cannot renew an expired
// token: its addresses are fixed.
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

// Extract returns the streams in the file. A stream without a title gets the source's name, numbered if there are several.
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
		// Users copy addresses from lists, including the headers after them.
		address, headers := chanlist.AddressAndHeaders(d.URL, nil)
		out[i] = extract.Found{URL: address, Title: title, Quality: d.Quality, Headers: headers}
	}
	site.Note("streams in the file", len(out))
	return out, nil
}
