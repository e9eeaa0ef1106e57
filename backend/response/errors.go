package response

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gridwall/backend/httpclient"
	"gridwall/backend/media"
	"gridwall/backend/stream"
	"gridwall/backend/weburl"
)

// Refused is returned for an answer by which a server refuses access: one of the statuses of Refuses, or something else
// than what was asked for with status 200.
type Refused struct {
	// URL is what was asked for, token included.
	URL    string
	Status int
	// Instead is true for an answer with status 200. Kind says what came, Asked instead of what ("" for media).
	Instead bool
	Kind    media.Kind
	Asked   string
	// Recording is true for a recording instead of the live stream.
	Recording bool
	// Doubtful refusals count only if the stream has worked under the same token.
	Doubtful bool
	// Withheld is the host that refused, if the stream's headers or its parent's token do not go to it.
	Withheld string
}

// RefusedInstead returns the refusal by a body of another kind than asked for.
func RefusedInstead(u *url.URL, kind media.Kind, asked string) *Refused {
	return &Refused{URL: weburl.Text(u), Status: http.StatusOK, Instead: true, Kind: kind, Asked: asked}
}

func (r *Refused) Error() string {
	switch {
	case r.Recording:
		return stream.RedactURL(r.URL) + " answered an unrelated recording where the live stream was asked for"
	case r.Instead:
		asked := r.Asked
		if asked == "" || r.Kind == media.HTML {
			asked = "media"
		}
		return fmt.Sprintf("%s answered %s where %s was asked for", stream.RedactURL(r.URL), r.Kind, asked)
	}
	text := fmt.Sprintf("%s answered %s", stream.RedactURL(r.URL), StatusText(r.Status))
	if r.Withheld != "" {
		text += ": " + httpclient.Hint(r.Withheld)
	}
	return text
}

// StatusError is returned for any other status that is not a success.
type StatusError struct {
	URL    string
	Status int
	// RetryAfter is that of a 429 or 503; 0 if it names none.
	RetryAfter time.Duration
	// Size is the length of the resource that a 416 names; -1 if it names none.
	Size int64
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s answered %s", stream.RedactURL(e.URL), StatusText(e.Status))
	switch e.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		text += ", a redirect without an address (Location)" // with an address it would have been followed
	}
	return text
}

// Unexpected is returned for an answer that is neither what was asked for nor a refusal: nothing, a playlist without its
// first line, or media that HLS does not carry.
type Unexpected struct {
	URL  string
	Kind media.Kind
	// Asked is "a playlist", "media", "a key" or AskedStream.
	Asked string
	// Endless is true if no length was announced.
	Endless bool
	// Multivariant is true for a multivariant playlist that lists no variant, or that came instead of a media playlist.
	Multivariant bool
}

// AskedStream is the value of Unexpected.Asked for the stream's own URL.
const AskedStream = "a stream"

func (e *Unexpected) Error() string {
	at := stream.RedactURL(e.URL)
	switch {
	case e.Multivariant && e.Asked == AskedStream:
		return at + " answered a multivariant playlist that lists no stream: an #EXT-X-STREAM-INF with an address is missing"
	case e.Multivariant:
		return fmt.Sprintf("%s answered a multivariant playlist where %s was asked for", at, e.Asked)
	case e.Kind == media.BarePlaylist:
		return at + " answered a playlist without #EXTM3U, which no player reads: the stream's server must begin it with that line"
	case e.Kind == media.Playlist:
		return at + " answered an HLS playlist where a segment was asked for: the stream's address is that of a list of streams; read it by a source of the kind m3u"
	case e.Kind.Timed() && e.Endless:
		return fmt.Sprintf("%s answered endless %s, not an HLS playlist; Gridwall plays HLS alone: look for the stream's .m3u8 address", at, e.Kind)
	case e.Kind.Timed(), e.Kind.Manifest():
		return fmt.Sprintf("%s answered %s, not an HLS playlist; Gridwall plays HLS alone: look for the stream's .m3u8 address", at, e.Kind)
	}
	return fmt.Sprintf("%s answered %s where %s was asked for", at, e.Kind, e.Asked)
}

// Transient reports whether the answer may be another in a moment: a server that writes its file while it is read.
func (e *Unexpected) Transient() bool {
	return e.Multivariant || e.Kind == media.Empty || e.Kind == media.BarePlaylist
}
