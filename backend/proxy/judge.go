package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gridwall/backend/assets"
	"gridwall/backend/hls"
	judge "gridwall/backend/media"
	"gridwall/backend/objects"
	"gridwall/backend/stream"
	"gridwall/backend/timeline"
)

// expected is what an object was asked for as: what it is then is judged by its bytes.
type expected struct {
	want judge.Want
	key  bool // an encryption key, of keyLen bytes (see judge.KeyLen)
	// keyLen is 0 for a key of a format that is not known here.
	keyLen  int
	picture bool // of a rendition of still pictures: nothing is looked for behind one
	// cover is how long the picture is that stands before the object's bytes; it is found with the first of them. Offsets
	// count without it.
	cover *atomic.Int64
}

// unfit is an answer that is neither what was asked for nor a refusal: nothing, a playlist that lacks its first line, or
// media of a kind that is no HLS.
type unfit struct {
	url     string
	kind    judge.Kind
	asked   string // "a playlist", "media", "a key"
	endless bool   // no length was announced
	// multivariant is true for a multivariant playlist that lists no variant, or that came instead of a media playlist.
	multivariant bool
}

// askedStream is the value of asked for the stream's own URL.
const askedStream = "a stream"

func (e *unfit) Error() string {
	at := stream.RedactURL(e.url)
	switch {
	case e.multivariant && e.asked == askedStream:
		return at + " answered a multivariant playlist that lists no stream: an #EXT-X-STREAM-INF with an address is missing"
	case e.multivariant:
		return fmt.Sprintf("%s answered a multivariant playlist where %s was asked for", at, e.asked)
	case e.kind == judge.BarePlaylist:
		return at + " answered a playlist without #EXTM3U, which no player reads: the stream's server must begin it with that line"
	case e.kind == judge.Playlist:
		return at + " answered an HLS playlist where a segment was asked for: the stream's address is that of a list of streams; read it by a source of the kind m3u"
	case e.kind.Timed() && e.endless:
		return fmt.Sprintf("%s answered endless %s, not an HLS playlist; Gridwall plays HLS alone: look for the stream's .m3u8 address", at, e.kind)
	case e.kind.Timed(), e.kind.Manifest():
		return fmt.Sprintf("%s answered %s, not an HLS playlist; Gridwall plays HLS alone: look for the stream's .m3u8 address", at, e.kind)
	}
	return fmt.Sprintf("%s answered %s where %s was asked for", at, e.kind, e.asked)
}

// passing reports whether the answer may be another in a moment: a server that writes its file while it is read.
func (e *unfit) passing() bool {
	return e.multivariant || e.kind == judge.Empty || e.kind == judge.BarePlaylist
}

func (e *unfit) failure() *failure {
	f := &failure{status: http.StatusBadGateway, code: "not_hls", message: stream.RedactText(e.Error())}
	switch {
	case e.kind == judge.Empty:
		f.code, f.retry = "upstream_empty", time.Second
	case e.multivariant, e.kind == judge.BarePlaylist:
		f.code, f.retry = "bad_playlist", time.Second
	}
	return f
}

// inPlace is a refusal by what came with status 200 in place of what was asked for.
func inPlace(generation uint64, u *url.URL, kind judge.Kind, asked string) *refused {
	return &refused{page: true, kind: kind, asked: asked, Refusal: stream.Refusal{Generation: generation, URL: u.String(), Status: http.StatusOK}}
}

// noPlaylist is the error of what came where a playlist was asked for. Words in its place are a refusal; so is media, if the
// stream has played under this token.
func (f *fetcher) noPlaylist(generation uint64, u *url.URL, t text) error {
	if k := judge.Unwritten(t.body); k != judge.Unknown && !judge.Denies(t.body) {
		t.kind = k
	}
	if t.kind.Words() && !t.kind.Manifest() || t.kind == judge.LongText {
		return inPlace(generation, u, t.kind, "a playlist")
	}
	e := &unfit{url: u.String(), kind: t.kind, asked: "a playlist", endless: t.endless}
	if !e.passing() && f.hasWorked(generation) {
		return inPlace(generation, u, t.kind, "a playlist")
	}
	return e
}

// enough is from how many bytes on a body that cannot be a text is passed on though its kind does not show: what comes
// slowly shall not wait. No picture's signature is longer.
const enough = 16

// examine looks at what begins to come, and makes it the body of o.
func (b *body) examine(o *objects.Response, e *entry, u *url.URL, generation uint64, offset int64) error {
	if e.expected.key {
		return b.examineKey(o, e, u, generation)
	}
	left := int64(-1)
	if o.Total >= 0 {
		left = o.Total - offset
	}
	head, kind, err := b.look(left)
	if err != nil && !errors.Is(err, io.EOF) && !(len(head) > 0 && judge.Binary(head)) {
		return b.fail(err)
	}
	skip := 0
	if offset == 0 {
		if kind == judge.Gzip && e.cover != nil && !e.packed() && (err == nil || errors.Is(err, io.EOF)) {
			all, packed, broken := b.packed(head)
			if packed {
				return errPacked
			}
			if head = all; broken != nil {
				err = broken
			}
		}
		switch {
		case !e.want.Fits(kind):
			return inPlace(generation, u, kind, "media")
		case (kind == judge.Empty || kind == judge.Playlist) && e.want == judge.WantSegment:
			return &unfit{url: u.String(), kind: kind, asked: "media"}
		case kind.Picture() && e.want == judge.WantSegment && !e.picture && (err == nil || errors.Is(err, io.EOF)):
			if head, skip, err = b.uncover(head); skip > 0 {
				kind, _ = judge.Look(head[skip:], errors.Is(err, io.EOF))
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return b.fail(err)
			}
		}
		o.ContentType = typeOf(kind, o.ContentType)
		if kind == judge.Empty && e.want == judge.WantSubtitles {
			o.ContentType = judge.WebVTT.MIME()
		}
		if e.cover != nil && !e.packed() {
			e.cover.Store(int64(skip))
		}
	}
	o.Body = &peeked{head: head[skip:], err: err, rest: b}
	return nil
}

// look reads as much of the beginning as tells what it is. left is how many bytes there are; -1: unknown.
func (b *body) look(left int64) (head []byte, kind judge.Kind, err error) {
	head = make([]byte, 0, sniffLen)
	for {
		if len(head) == cap(head) {
			head = slices.Grow(head, judge.HeadLen)
		}
		var n int
		n, err = b.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		kind, sure := judge.Look(head, errors.Is(err, io.EOF) || left >= 0 && int64(len(head)) >= left)
		if sure || err != nil || len(head) >= enough && judge.Binary(head) {
			return head, kind, err
		}
	}
}

// uncover reads on behind the beginning of a picture, and finds the video behind it; skip is 0 where there is none.
func (b *body) uncover(head []byte) (all []byte, skip int, err error) {
	for {
		at, found, sure := judge.BehindPicture(head, errors.Is(err, io.EOF))
		switch {
		case found:
			return head, at, err
		case sure, err != nil:
			return head, 0, err
		}
		// As much again, so that what is looked at twice is bounded by what came.
		head = slices.Grow(head, max(len(head), judge.HeadLen))
		read := 0
		for until := cap(head) - len(head); read < until && err == nil; {
			var n int
			n, err = b.Read(head[len(head):cap(head)])
			head, read = head[:len(head)+n], read+n
		}
	}
}

// examineKey reads a key, which is short, whole.
func (b *body) examineKey(o *objects.Response, e *entry, u *url.URL, generation uint64) error {
	all, err := io.ReadAll(io.LimitReader(b, judge.MaxKey+1))
	if whole := len(all) == e.keyLen && errors.Is(err, io.ErrUnexpectedEOF); err != nil && !whole {
		return b.fail(err)
	}
	if plain, ok := unpacked(all); ok && len(plain) == e.keyLen {
		all = plain
	}
	key, kind := judge.Key(all, e.keyLen)
	switch {
	case kind == judge.Empty:
		return &unfit{url: u.String(), kind: kind, asked: "a key"}
	case kind != judge.Unknown:
		return inPlace(generation, u, kind, "a key")
	}
	if len(all) > judge.MaxKey { // of a format of its own
		o.Body = &peeked{head: all, rest: b}
		return nil
	}
	o.ContentType, o.Total = "application/octet-stream", int64(len(key))
	o.Body = &peeked{head: key, err: io.EOF, rest: b}
	return nil
}

// typeOf is the media type of what came: by its bytes, or as the server says where they do not tell. Texts and pictures
// are no media of unknown form, whatever the server says; "" leaves the type to the address.
func typeOf(kind judge.Kind, said string) string {
	family, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(said)), "/")
	known := kind.MIME()
	switch {
	case known == "":
		if family == "video" || family == "audio" || strings.EqualFold(said, "application/mp4") {
			return said
		}
		return ""
	case (kind == judge.MP4 || kind == judge.ID3) && family == "audio":
		return said
	}
	return known
}

// expects is what a segment or a part is asked for as that a playlist, which can be nil, has at uri.
func expects(s *timeline.Snapshot, uri string) expected {
	if s == nil {
		return expected{}
	}
	x := expected{picture: s.Kind == hls.Image}
	if s.Kind == hls.Subtitles || subtitleName(uri) {
		x.want = judge.WantSubtitles
	}
	return x
}

// expectsOf is the same for a key or an init section, by its name.
func expectsOf(s *timeline.Snapshot, name string) expected {
	if !strings.HasPrefix(name, "key-") {
		return expected{}
	}
	x := expected{key: true, keyLen: judge.KeyLen("", "")}
	if s == nil {
		return x
	}
	if k, ok := s.Key(name); ok {
		x.keyLen = judge.KeyLen(k.Method, k.KeyFormat)
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

// readText reads an answer up to one byte more than maxPlaylist, or until its kind is one that stop reports true for. With an
// error, it returns what came before it.
func readText(resp *http.Response, stop func(judge.Kind) bool) ([]byte, judge.Kind, error) {
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		buf.Grow(int(min(n, maxPlaylist)) + bytes.MinRead)
	}
	r := io.LimitReader(resp.Body, maxPlaylist+1)
	for {
		buf.Grow(bytes.MinRead)
		room := buf.AvailableBuffer()
		n, err := r.Read(room[:cap(room)])
		buf.Write(room[:n])
		if err != nil && !errors.Is(err, io.EOF) {
			return buf.Bytes(), judge.Unknown, err
		}
		kind, sure := judge.Look(buf.Bytes(), err != nil)
		switch {
		case err != nil, sure && stop(kind):
			return buf.Bytes(), kind, nil
		case sure:
			_, err := buf.ReadFrom(r)
			return buf.Bytes(), kind, err
		}
	}
}

// sessionKey is the kind of what a multivariant playlist names outside of its renditions: a key to fetch ahead, or data.
func sessionKey(res *hls.Resource) assets.Kind {
	if res.Tag != "EXT-X-SESSION-KEY" {
		return assets.Any
	}
	switch judge.KeyLen(res.Method, res.KeyFormat) {
	case 16:
		return assets.Key
	case 32:
		return assets.Key256
	}
	return assets.Any
}

// expectsAsset is what an address of this kind is asked for as.
func expectsAsset(k assets.Kind) expected {
	switch k {
	case assets.Key:
		return expected{key: true, keyLen: 16}
	case assets.Key256:
		return expected{key: true, keyLen: 32}
	}
	return expected{want: judge.WantData}
}
