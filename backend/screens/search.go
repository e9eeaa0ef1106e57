package screens

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"gridwall/backend/stream"
)

const (
	// MaxFound is how many streams Find returns: as many as a person reads on a phone before typing another word.
	MaxFound = 60
	// maxQuery bounds a query in bytes; the rest is ignored.
	maxQuery = 200
)

// ScreenStream is a stream as a remote sees it, without its address.
type ScreenStream struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	SiteName string `json:"site_name"`
	Quality  string `json:"quality"`
	Live     *bool  `json:"is_live" nullable:"true" doc:"Null while the stream has not been checked."`
}

// Found are the streams that match a query.
type Found struct {
	Streams []ScreenStream `json:"streams" nullable:"false" doc:"At most 60: live ones first."`
	Count   int            `json:"count" doc:"How many streams match."`
}

// Find returns the streams whose title, quality, group or source contains every word of query, live ones first. It ignores case
// and accents.
func Find(list []stream.Stream, query string) Found {
	out := Found{Streams: []ScreenStream{}}
	words := strings.Fields(fold(query[:min(len(query), maxQuery)]))
	rest := []ScreenStream{}
	for _, s := range list {
		if !matches(s, words) {
			continue
		}
		out.Count++
		l := ScreenStream{ID: s.ID, Title: clean(s.Title, maxTitle), SiteName: clean(s.SiteName, maxName), Quality: clean(s.Quality, maxName)}
		if s.Health != nil {
			l.Live = &s.Health.Live
		}
		switch {
		case l.Live != nil && !*l.Live:
			if len(rest) < MaxFound {
				rest = append(rest, l)
			}
		case len(out.Streams) < MaxFound:
			out.Streams = append(out.Streams, l)
		}
	}
	out.Streams = append(out.Streams, rest[:min(len(rest), MaxFound-len(out.Streams))]...)
	return out
}

func matches(s stream.Stream, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := fold(s.Title + " " + s.Quality + " " + s.Group + " " + s.SiteName)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// fold returns a text in lower case and without accents.
func fold(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text)))
}
