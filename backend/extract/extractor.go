package extract

import (
	"context"

	"gridwall/backend/source"
)

// Extractor is the code of one source kind: it turns a source into streams.
//
// It reaches the network through site alone. It returns stream.ErrNoStreams (wrapped or not) when the site answered
// well and listed nothing. Its errors never hold a token: URLs in them are redacted.
type Extractor interface {
	Extract(ctx context.Context, src source.Source, site *Site) ([]Found, error)
}

// Checker is implemented by extractors that can see in the file alone that a source cannot work: a bad regular
// expression, a bad jq program. Its errors come from source.Source.Errorf, so that they name the line.
type Checker interface {
	Check(src source.Source) error
}

// Found is one stream as an extraction returned it.
type Found struct {
	// URL is absolute, http or https, token included.
	URL string
	// Title is what the source calls it; "" where it says nothing.
	Title string
	// Quality is the source's own word, such as "1080p"; "" where it says none or is ambiguous.
	Quality string
	// Group and Logo are what a channel list says beside: the group's name, and the address of a picture. "" for none.
	Group, Logo string
	// Headers go to the CDN, over the source's stream headers. Nil for none.
	Headers map[string]string
}

// Registry maps a kind to its extractor. The list of kinds is in package app.
type Registry map[string]Extractor

// Check is the check for source.Options: it asks the kind's extractor, if that is a Checker.
func (r Registry) Check(src source.Source) error {
	if c, ok := r[src.Kind].(Checker); ok {
		return c.Check(src)
	}
	return nil
}

// Queue is implemented by extractors that cannot run several sources at once. The service waits for a turn before the
// source's timeout begins; done gives the turn back, and the returned context holds it.
type Queue interface {
	Turn(ctx context.Context) (held context.Context, done func(), err error)
}
