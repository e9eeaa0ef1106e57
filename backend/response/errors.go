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

// Refused is returned for an answer by which a server refuses access: one of the statuses of CheckStatus, or status 200 with
// something other than the requested content.
type Refused struct {
	// URL is the requested URL, token included.
	URL    string
	Status int
	// Instead is true for an answer with status 200. Kind is the kind of its content, Asked the requested kind ("" for media).
	Instead bool
	Kind    media.Kind
	Asked   string
	// Recording is true for a recording instead of the live stream.
	Recording bool
	// Doubtful is true for a refusal that counts only if the stream has worked under the same token.
	Doubtful bool
	// Withheld is the host that refused, if the stream's headers or its parent's token are not sent to it.
	Withheld string
}

// RefusedInstead returns the refusal for a body of another kind than requested.
func RefusedInstead(u *url.URL, kind media.Kind, asked string) *Refused {
	return &Refused{URL: weburl.Text(u), Status: http.StatusOK, Instead: true, Kind: kind, Asked: asked}
}

func (r *Refused) Error() string {
	switch {
	case r.Recording:
		return stream.RedactURL(r.URL) + " answered an unrelated recording instead of the live stream"
	case r.Instead:
		asked := r.Asked
		if asked == "" || r.Kind == media.HTML {
			asked = "media"
		}
		return fmt.Sprintf("%s answered %s instead of %s", stream.RedactURL(r.URL), r.Kind, asked)
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
	// RetryAfter is the Retry-After of a 429 or 503; 0 if it has none.
	RetryAfter time.Duration
	// Size is the length of the resource, in bytes, that a 416 states; -1 if it states none.
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

// Unexpected is returned for an answer that is neither the requested content nor a refusal: an empty one, a playlist without
// its first line, or media that HLS does not carry.
type Unexpected struct {
	URL  string
	Kind media.Kind
	// Asked is "a playlist", "media", "a key" or AskedStream.
	Asked string
	// Endless is true if the answer has no Content-Length.
	Endless bool
	// Multivariant is true for a multivariant playlist without variants, or in place of a media playlist.
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
		return fmt.Sprintf("%s answered a multivariant playlist instead of %s", at, e.Asked)
	case e.Kind == media.BarePlaylist:
		return at + " answered a playlist without #EXTM3U, which no player can read: the stream's server must send that line first"
	case e.Kind == media.Playlist:
		return at + " answered an HLS playlist instead of a segment: the stream's address is a list of streams; add it as a source of kind m3u"
	case e.Kind.Timed() && e.Endless:
		return fmt.Sprintf("%s answered endless %s, not an HLS playlist; Gridwall plays only HLS: look for the stream's .m3u8 address", at, e.Kind)
	case e.Kind.Timed(), e.Kind.Manifest():
		return fmt.Sprintf("%s answered %s, not an HLS playlist; Gridwall plays only HLS: look for the stream's .m3u8 address", at, e.Kind)
	}
	return fmt.Sprintf("%s answered %s instead of %s", at, e.Kind, e.Asked)
}

// Transient reports whether the answer may soon change: the server may still be writing the file.
func (e *Unexpected) Transient() bool {
	return e.Multivariant || e.Kind == media.Empty || e.Kind == media.BarePlaylist
}
