package fetch

import (
	"net/url"
	"strings"
	"sync/atomic"

	"gridwall/backend/assets"
	"gridwall/backend/hls"
	"gridwall/backend/media"
	"gridwall/backend/objects"
	"gridwall/backend/response"
	"gridwall/backend/timeline"
)

// Expected is the expected kind of a requested object.
type Expected struct {
	response.Expected
	// cover is the length of the picture before the object's bytes, known once the first bytes were read. Offsets do not
	// include it.
	cover *atomic.Int64
}

// packedCover is the value of Expected.cover for an object that is gzip without a Content-Encoding header.
const packedCover = -1

// notPlaylist returns the error for a body that is not the requested playlist.
func (f *Fetcher) notPlaylist(generation uint64, u *url.URL, t Text) error {
	return under(generation, response.NotPlaylist(u, t.Body, t.kind, t.endless, f.hasWorked(generation)))
}

// examine judges the beginning of b, and makes it the body of o.
func (b *body) examine(o *objects.Response, e *Object, u *url.URL, generation uint64, offset int64) error {
	left := int64(-1)
	if o.Total >= 0 {
		left = o.Total - offset
	}
	start, err := e.Expected.Examine(response.Body{Reader: b, URL: u, Type: o.ContentType, Offset: offset, Left: left, Gzip: e.cover != nil && !e.packed()})
	if err != nil {
		return b.fail(under(generation, err))
	}
	o.ContentType = start.Type
	if start.Whole {
		o.Total = int64(len(start.Head))
	}
	if offset == 0 && !e.Key && e.cover != nil && !e.packed() {
		e.cover.Store(start.Cover)
	}
	o.Body = &Peeked{Head: start.Head, err: start.Err, rest: b}
	return nil
}

// Expects returns the expected kind of the segment or part at uri in a playlist, which can be nil.
func Expects(s *timeline.Snapshot, uri string) response.Expected {
	if s == nil {
		return response.Expected{}
	}
	x := response.Expected{Pictures: s.Kind == hls.Image}
	if s.Kind == hls.Subtitles || subtitleName(uri) {
		x.Want = media.WantSubtitles
	}
	return x
}

// ExpectsOf returns the expected kind of the key or init section of that name.
func ExpectsOf(s *timeline.Snapshot, name string) response.Expected {
	if !strings.HasPrefix(name, "key-") {
		return response.Expected{}
	}
	x := response.Expected{Key: true, KeyLen: media.KeyLen("", "")}
	if s == nil {
		return x
	}
	if k, ok := s.Key(name); ok {
		x.KeyLen = media.KeyLen(k.Method, k.KeyFormat)
	}
	return x
}

// subtitleName reports whether an address has an extension of subtitles.
func subtitleName(uri string) bool {
	uri, _, _ = strings.Cut(uri, "?")
	switch strings.ToLower(uri[strings.LastIndexByte(uri, '.')+1:]) {
	case "vtt", "webvtt", "srt", "ttml", "dfxp":
		return true
	}
	return false
}

// SessionKey returns the kind of a resource in a multivariant playlist: a session key, or anything else.
func SessionKey(res *hls.Resource) assets.Kind {
	if res.Tag != "EXT-X-SESSION-KEY" {
		return assets.Any
	}
	switch media.KeyLen(res.Method, res.KeyFormat) {
	case 16:
		return assets.Key
	case 32:
		return assets.Key256
	}
	return assets.Any
}

// ExpectsAsset returns the expected kind of an asset.
func ExpectsAsset(k assets.Kind) response.Expected {
	switch k {
	case assets.Key:
		return response.Expected{Key: true, KeyLen: 16}
	case assets.Key256:
		return response.Expected{Key: true, KeyLen: 32}
	}
	return response.Expected{Want: media.WantData}
}

// Object is the upstream address of an object and its expected kind.
type Object struct {
	timeline.Ref
	Expected
}
