package response

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"

	"gridwall/backend/media"
)

// ReadText reads up to limit bytes of an answer's body. It stops early if stop returns true for the kind of body that its
// beginning shows, so that it does not read an endless broadcast. With an error it returns the bytes read before it.
func ReadText(resp *http.Response, limit int64, stop func(media.Kind) bool) ([]byte, media.Kind, error) {
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		buf.Grow(int(min(n, limit)) + bytes.MinRead)
	}
	r := io.LimitReader(resp.Body, limit)
	for {
		buf.Grow(bytes.MinRead)
		room := buf.AvailableBuffer()
		n, err := r.Read(room[:cap(room)])
		buf.Write(room[:n])
		if err != nil && !errors.Is(err, io.EOF) {
			return buf.Bytes(), media.Unknown, err
		}
		kind, sure := media.Look(buf.Bytes(), err != nil)
		switch {
		case err != nil, sure && stop(kind):
			return buf.Bytes(), kind, nil
		case sure:
			_, err := buf.ReadFrom(r)
			return buf.Bytes(), kind, err
		}
	}
}

// NotPlaylist returns the error for a body that is not the requested playlist. Human-readable text is a refusal; so is media
// if the stream has already played under this token (played). endless is true if the answer had no Content-Length.
func NotPlaylist(u *url.URL, body []byte, kind media.Kind, endless, played bool) error {
	if k := media.Unwritten(body); k != media.Unknown && !media.Denies(body) {
		kind = k
	}
	if kind.Words() && !kind.Manifest() || kind == media.LongText {
		return RefusedInstead(u, kind, "a playlist")
	}
	e := &Unexpected{URL: u.String(), Kind: kind, Asked: "a playlist", Endless: endless}
	if !e.Transient() && played {
		return RefusedInstead(u, kind, "a playlist")
	}
	return e
}
