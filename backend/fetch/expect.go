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

// Expected is what an object was asked for as.
type Expected struct {
	response.Expected
	// cover is the length of the picture before the object's bytes, which is found with the first of them. Offsets count
	// without it.
	cover *atomic.Int64
}

// packedCover as the value of expected.cover marks an object that is gzip without a Content-Encoding header.
const packedCover = -1

// notPlaylist returns the error of a body that came where a playlist was asked for.
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

// Expects returns what a segment or a part is asked for as that a playlist, which can be nil, has at uri.
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

// ExpectsOf returns the same for a key or an init section, by its name.
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

// subtitleName reports whether an address is that of subtitles, going by its extension.
func subtitleName(uri string) bool {
	uri, _, _ = strings.Cut(uri, "?")
	switch strings.ToLower(uri[strings.LastIndexByte(uri, '.')+1:]) {
	case "vtt", "webvtt", "srt", "ttml", "dfxp":
		return true
	}
	return false
}

// SessionKey returns the kind of what a multivariant playlist names outside of its renditions: a key to fetch ahead, or data.
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

// ExpectsAsset returns what an address of this kind is asked for as.
func ExpectsAsset(k assets.Kind) response.Expected {
	switch k {
	case assets.Key:
		return response.Expected{Key: true, KeyLen: 16}
	case assets.Key256:
		return response.Expected{Key: true, KeyLen: 32}
	}
	return response.Expected{Want: media.WantData}
}

// Object is where an object is to be fetched, and what it is then judged as.
type Object struct {
	timeline.Ref
	Expected
}
