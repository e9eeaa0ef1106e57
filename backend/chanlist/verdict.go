package chanlist

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Verdict is the kind of a text that begins with #EXTM3U.
type Verdict int

const (
	// Undecided means that more lines are needed.
	Undecided Verdict = iota
	// ChannelList is a list of channels: each of its addresses is a stream.
	ChannelList
	// HLSPlaylist is an HLS playlist: the text is one stream.
	HLSPlaylist
)

// judgedEntries is how many entries of a text are examined before the verdict. All entries of a list have the same form.
const judgedEntries = 16

// Judge decides line by line whether a text is a channel list or an HLS playlist. Both begin with #EXTM3U, and lists have
// HLS tags copied into their head, so the entries decide: their durations, attributes, titles and addresses. This is
// decided nowhere else. The zero value is ready for use.
type Judge struct {
	// tagged: an HLS tag was seen. certain: one that every HLS playlist has (RFC 8216, section 4.3) was seen.
	tagged, certain bool
	// variant: the next address belongs to an EXT-X-STREAM-INF.
	variant bool
	// inf is the #EXTINF of the entry whose address is still to come; nil if there is none.
	inf []byte
	// list and hls are the weights of the evidence for each.
	list, hls, entries int
	attributes, title  string
	address            []byte
}

// Line takes the next non-empty line, trimmed.
func (j *Judge) Line(line []byte) Verdict {
	if line[0] == '#' {
		j.tag(line)
		return Undecided
	}
	if j.variant && j.inf == nil {
		return HLSPlaylist
	}
	j.entry(line)
	if j.entries++; j.entries == judgedEntries {
		return j.End()
	}
	return Undecided
}

// End returns the verdict at the end of the text.
func (j *Judge) End() Verdict {
	switch {
	case !j.tagged, !j.certain && j.entries == 0:
		return ChannelList
	case j.hls > j.list, j.certain && j.hls == j.list:
		return HLSPlaylist
	}
	return ChannelList
}

// JudgePlaylist returns the verdict on a whole text.
func JudgePlaylist(text []byte) Verdict {
	var j Judge
	for len(text) > 0 {
		end := bytes.IndexAny(text, "\r\n")
		if end < 0 {
			end = len(text)
		}
		line := bytes.TrimSpace(text[:end])
		text = text[min(end+1, len(text)):]
		if len(line) == 0 {
			continue
		}
		if v := j.Line(line); v != Undecided {
			return v
		}
	}
	return j.End()
}

func (j *Judge) tag(line []byte) {
	is := func(tag string) bool { return len(line) >= len(tag) && bytes.EqualFold(line[:len(tag)], []byte(tag)) }
	switch {
	case is("#EXTINF"):
		j.inf = append([]byte{}, line[len("#EXTINF"):]...)
		j.variant = false
	case is("#EXTGRP:"), is("#EXTVLCOPT"), is("#KODIPROP:"), is("#EXTHTTP:"):
		j.list += 2
	case is("#EXT-X-STREAM-INF:"):
		j.tagged, j.certain, j.variant = true, true, true
	case is("#EXT-X-TARGETDURATION:"), is("#EXT-X-MEDIA-SEQUENCE:"):
		j.tagged, j.certain = true, true
	case is("#EXT-X-KEY:"), is("#EXT-X-MAP:"), is("#EXT-X-BYTERANGE:"), is("#EXT-X-PROGRAM-DATE-TIME:"), is("#EXT-X-PART"):
		// These belong to segments; lists do not have them.
		j.tagged = true
		j.hls += 2
	case is("#EXT-X-"):
		j.tagged = true
	}
}

// entry weighs one address with its #EXTINF.
func (j *Judge) entry(address []byte) {
	path := address
	if end := bytes.IndexAny(path, "?#|"); end >= 0 {
		path = path[:end]
	}
	duration, attributes, title := 0.0, "", ""
	if j.inf != nil {
		duration, attributes, title = splitInf(j.inf)
	}
	absolute := bytes.Contains(path, []byte("://"))
	folder := bytes.LastIndexByte(path, '/')
	switch {
	case bytes.HasSuffix(bytes.ToLower(path), []byte(".m3u8")):
		j.list += 3 // a segment is never a playlist
	case !absolute:
		j.hls++
	}
	if j.address != nil {
		if host := hostOf(address); len(host) > 0 && !bytes.Equal(host, hostOf(j.address)) {
			if duration <= 0 || !isSegment(path) { // segments may be on several hosts of a CDN
				j.list += 2
			}
		} else if folder > 0 && len(j.address) > folder && bytes.Equal(path[:folder], j.address[:folder]) {
			j.hls++
		}
	}
	j.address = append(j.address[:0], address...)
	if j.inf == nil {
		return
	}
	j.inf = nil
	switch {
	case duration <= 0 && attributes != "":
		j.list += 3
	case duration <= 0 && title != "":
		j.list += 2
	case duration <= 0:
	case duration != math.Trunc(duration):
		j.hls += 3
	case attributes == "":
		j.hls += 2
	}
	switch {
	case attributes == "" || duration <= 0:
	case attributes == j.attributes:
		j.hls += 2 // the same for every segment
	default:
		j.list += 2
	}
	if title != "" && title != j.title {
		j.list++
	}
	j.attributes, j.title = attributes, title
}

// segmentExtensions are the extensions of segments' paths, which the paths of channels seldom have.
var segmentExtensions = []string{".ts", ".m2ts", ".m4s", ".m4f", ".mp4", ".m4v", ".m4a", ".cmfv", ".cmfa", ".cmft", ".aac", ".ac3", ".ec3", ".mp3", ".vtt", ".webvtt"}

// isSegment reports whether a path is that of a segment.
func isSegment(path []byte) bool {
	dot := bytes.LastIndexByte(path, '.')
	return dot >= 0 && slices.Contains(segmentExtensions, strings.ToLower(string(path[dot:])))
}

// splitInf splits the text after "#EXTINF" roughly, which is enough for a verdict. A duration with decimals is evidence for HLS,
// even 6.000: it is returned with a fraction.
func splitInf(inf []byte) (duration float64, attributes, title string) {
	inf = bytes.TrimLeft(inf, ": \t")
	end := bytes.IndexAny(inf, ", \t")
	if end < 0 {
		end = len(inf)
	}
	number := string(inf[:end])
	duration, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(duration) || math.IsInf(duration, 0) {
		duration = 0
	} else if duration > 0 && duration == math.Trunc(duration) && bytes.IndexByte(inf[:end], '.') >= 0 {
		duration += 0.5
	}
	rest := inf[end:]
	// Titles and attributes may contain commas. Text that ends in a quote before the last comma consists of attributes.
	quote := bytes.LastIndexByte(rest, '"')
	if apostrophe := bytes.LastIndex(rest, []byte("',")); quote < 0 && apostrophe >= 0 {
		quote = apostrophe
	}
	if quote >= 0 && bytes.IndexByte(rest[:quote], '=') >= 0 {
		attributes, rest = string(bytes.Trim(rest[:quote+1], ", \t")), rest[quote+1:]
	}
	before, after, found := bytes.Cut(rest, []byte(","))
	if !found {
		return duration, attributes, ""
	}
	if attributes == "" && bytes.IndexByte(before, '=') > 0 {
		attributes = string(bytes.TrimSpace(before))
	}
	return duration, attributes, string(bytes.TrimSpace(after))
}

// hostOf returns the host of an absolute address, with its port; nil for a relative one.
func hostOf(address []byte) []byte {
	_, rest, ok := bytes.Cut(address, []byte("://"))
	if !ok {
		return nil
	}
	if end := bytes.IndexAny(rest, "/?#|"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}
