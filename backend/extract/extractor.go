package extract

import (
	"context"

	"gridwall/backend/source"
)

// Extractor is the code of one source kind: it turns a source into streams.
//
// It reaches the network only through site. It returns stream.ErrNoStreams (wrapped or not) when the site answered
// correctly but listed nothing. Its errors never contain a token: URLs in them are redacted.
type Extractor interface {
	Extract(ctx context.Context, src source.Source, site *Site) ([]Found, error)
}

// Checker is implemented by extractors that can tell from the source file alone that the source cannot work: a bad
// regular expression, a bad jq program. Its errors come from source.Source.Errorf, so that they name the line.
type Checker interface {
	Check(src source.Source) error
}

// Found is one stream found by an extraction.
type Found struct {
	// URL is absolute, http or https, and includes the token.
	URL string
	// Title is the source's own title; "" if it gives none.
	Title string
	// Quality is the source's own word, such as "1080p"; "" if it gives none or is ambiguous.
	Quality string
	// Group and Logo come from channel lists: the name of the channel's group, and the URL of its picture. "" for none.
	Group, Logo string
	// Headers are sent to the CDN; they override the source's stream headers. Nil for none.
	Headers map[string]string
}

// Registry maps a kind to its extractor. The list of kinds is in package app.
type Registry map[string]Extractor

// Check is the check for source.Options: it runs the Checker of the source's kind, if there is one.
func (r Registry) Check(src source.Source) error {
	if c, ok := r[src.Kind].(Checker); ok {
		return c.Check(src)
	}
	return nil
}

// Queue is implemented by extractors that cannot run several sources at once. The service waits for a turn before the
// source's timeout begins, and passes held to Extract; done releases the turn.
type Queue interface {
	Turn(ctx context.Context) (held context.Context, done func(), err error)
}
