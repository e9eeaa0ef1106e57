package timeline

import (
	"strconv"
	"strings"

	"gridwall/backend/hls"
)

const (
	// PlaylistName is the last element of every playlist's address.
	PlaylistName = "index.m3u8"
	// MaxExtension is the length of the longest extension of a segment's address.
	MaxExtension = len("webvtt")
	// MaxRendered bounds the cached texts of one playlist, in bytes: each query that a viewer adds needs a text of its own. The
	// first text is always cached; beyond the bound a text is written for each request.
	MaxRendered = 4 << 20
)

// Links names the things outside a rendition that its media playlist refers to.
type Links interface {
	// Asset returns the last element of the address of Media.Assets[k]: data-{name}.
	Asset(p *Playlist, k int) string
	// Report returns the name of the rendition of Media.Reports[k] and the shift of its numbers; ok is false if the stream has
	// no such rendition.
	Report(p *Playlist, k int) (rendition string, shift int64, ok bool)
}

// Addressing is how the children of a playlist are addressed.
type Addressing struct {
	// Prefix precedes the names in the rendition's folder; "" if the playlist itself is in that folder.
	Prefix string
	// Suffix is the query that is appended to each address.
	Suffix string
	// Delta requests a delta update (RFC 8216bis 6.2.5.1). The player decides whether it may request one (6.3.7); the
	// addresses that it has remain valid.
	Delta bool
}

// up returns the relative path from the playlist to the stream's folder.
func (a *Addressing) up() string {
	if a.Prefix != "" {
		return ""
	}
	return "../"
}

// Render returns the text of a snapshot of t for one way of addressing its children.
func (t *Timeline) Render(s *Snapshot, a Addressing, w Window, links Links) []byte {
	s.rendered.mu.Lock()
	defer s.rendered.mu.Unlock()
	skip := 0
	if a.Delta {
		skip = s.Media.Skippable()
	}
	key := a.Prefix + a.Suffix
	if skip > 0 {
		key += " delta"
	}
	if text, ok := s.rendered.texts[key]; ok {
		return text
	}
	n := &names{p: s.Playlist, links: links, prefix: a.Prefix, suffix: a.Suffix, up: a.up()}
	shift := s.renumbering()
	shift.Retained = t.retained(s.Playlist, &a, w)
	text := s.text(n, shift, skip)
	if len(s.rendered.texts) == 0 || s.rendered.bytes+len(text) <= MaxRendered {
		s.rendered.texts[key] = text
		s.rendered.bytes += len(text)
	}
	return text
}

// text returns the playlist without its first skip segments.
func (s *Snapshot) text(n *names, shift hls.Shift, skip int) (text []byte) {
	if skip > 0 {
		text = s.Media.RenderDelta(nil, n, shift, skip)
	} else {
		text = s.Media.Render(nil, n, shift)
	}
	if s.ended && !s.Media.End {
		if len(text) > 0 && text[len(text)-1] != '\n' {
			text = append(text, '\n')
		}
		text = append(text, "#EXT-X-ENDLIST\n"...)
	}
	return text
}

// Foreign is how a playlist is served as the continuation of another stream's.
type Foreign struct {
	// MSN and Discontinuity are added to its numbers.
	MSN, Discontinuity int64
	// Name returns the name under which one of its segments, parts, keys or init sections is served.
	Name func(own string) string
	// Folder is the path from the folder of the served stream to that of its own; "" if they are the same.
	Folder string
	// Before are the segments that are listed before its first one, under the served numbers.
	Before []Entry
}

// RenderForeign returns the text of a snapshot that continues another stream. Its rendition reports are left out: the numbers of the
// other renditions are not known.
func (s *Snapshot) RenderForeign(f Foreign, a Addressing, links Links) []byte {
	skip := 0
	if a.Delta {
		skip = s.Media.Skippable()
	}
	shift := s.renumbering()
	shift.MSN += f.MSN
	shift.Discontinuity += f.Discontinuity
	shift.Retained = s.before(f.Before, f.Discontinuity, &a)
	return s.text(&names{p: s.Playlist, links: links, prefix: a.Prefix, suffix: a.Suffix, up: a.up() + f.Folder, foreign: f.Name}, shift, skip)
}

// VisitAssets calls links for each thing outside the rendition that the playlist refers to.
func VisitAssets(p *Playlist, links Links) {
	p.Media.Render(nil, &names{p: p, links: links, up: "../"}, hls.Shift{})
}

// names writes the addresses of a media playlist.
type names struct {
	p              *Playlist
	links          Links
	prefix, suffix string
	up             string
	foreign        func(own string) string // see Foreign.Name; nil: as they are
}

func (n *names) leaf(dst []byte, msn int64, part int, uri string) []byte {
	dst = append(dst, n.prefix...)
	start := len(dst)
	dst = strconv.AppendInt(dst, msn, 10)
	if part >= 0 {
		dst = append(dst, '.')
		dst = strconv.AppendInt(dst, int64(part), 10)
	}
	dst = append(dst, '.')
	dst = append(dst, extension(uri, n.p.Kind, len(n.p.Media.Maps) > 0)...)
	if n.foreign != nil {
		dst = append(dst[:start], n.foreign(string(dst[start:]))...)
	}
	return append(dst, n.suffix...)
}

func (n *names) Segment(dst []byte, i int) []byte {
	return n.leaf(dst, n.p.First()+int64(i), -1, n.p.Media.Segments[i].URI)
}

func (n *names) Part(dst []byte, segment, part int) []byte {
	msn := n.p.First() + int64(segment)
	return n.leaf(dst, msn, part, n.p.Parts(msn)[part].URI)
}

func (n *names) Key(dst []byte, k int) []byte { return n.named(dst, n.p.Keys[k]) }

func (n *names) Map(dst []byte, k int) []byte { return n.named(dst, n.p.Maps[k]) }

func (n *names) named(dst []byte, name string) []byte {
	dst = append(dst, n.prefix...)
	if n.foreign != nil {
		name = n.foreign(name)
	}
	dst = append(dst, name...)
	return append(dst, n.suffix...)
}

func (n *names) Hint(dst []byte, k int) []byte {
	h := n.p.Media.Hints[k]
	if h.Type == hintMap {
		return n.named(dst, n.p.Hints[k])
	}
	return n.leaf(dst, n.p.First()+int64(h.Segment), h.Part, h.URI)
}

func (n *names) Asset(dst []byte, k int) []byte {
	dst = append(dst, n.up...)
	dst = append(dst, n.links.Asset(n.p, k)...)
	return append(dst, n.suffix...)
}

func (n *names) Report(dst []byte, k int) ([]byte, int64, bool) {
	name, shift, ok := n.links.Report(n.p, k)
	if !ok || n.foreign != nil {
		return dst, 0, false
	}
	dst = append(dst, "../"...)
	dst = append(dst, name...)
	dst = append(dst, '/')
	dst = append(dst, PlaylistName...)
	return append(dst, n.suffix...), shift, true
}

// knownExtensions are those that players accept for media segments; some players refuse a segment with any other.
var knownExtensions = map[string]bool{
	"ts": true, "m4s": true, "mp4": true, "m4v": true, "m4a": true, "m4f": true, "cmfv": true, "cmfa": true, "cmft": true,
	"aac": true, "ac3": true, "ec3": true, "eac3": true, "mp3": true, "vtt": true, "webvtt": true, "m2ts": true, "mpegts": true,
	"ttml": true, "stpp": true,
}

// pictureExtensions are those of a rendition of still pictures. In other renditions they are a disguise for MPEG-TS, which
// ffmpeg refuses under such a name.
var pictureExtensions = map[string]bool{"jpg": true, "jpeg": true, "png": true, "webp": true}

// extension returns the upstream's extension of a media segment, or the usual one of its container if players do not know
// the upstream's (.php, say). fragments reports whether the playlist has init sections.
func extension(uri string, kind hls.RenditionKind, fragments bool) string {
	known := knownExtensions
	if kind == hls.Image {
		known = pictureExtensions
	}
	path := uri
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	path = path[strings.LastIndexByte(path, '/')+1:]
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		ext := path[i+1:]
		if len(ext) <= MaxExtension {
			if low := strings.ToLower(ext); known[low] {
				return low
			}
		}
	}
	switch {
	case kind == hls.Image:
		return "jpg"
	case kind == hls.Subtitles:
		return "vtt"
	case fragments:
		return "m4s"
	}
	return "ts"
}
