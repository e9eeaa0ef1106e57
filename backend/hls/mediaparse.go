package hls

import (
	"strings"
	"time"
)

// mediaLines records where things are in the text, for renumbering.
type mediaLines struct {
	// starts holds the position of each segment's first tag; openStart is that of the open parts or of their hint, -1
	// if none.
	starts    []int32
	ends      []int32 // position of the line after each segment's address
	openStart int32
	// openBreak is true if a discontinuity stands before the open parts.
	openBreak bool
	hasMSN    bool
	hasDisc   bool
	// addTarget and addIFrames report that the tag is missing and is inserted after #EXTM3U.
	addTarget, addIFrames bool
	// late are the lines of tags for the whole playlist that appear after the first segment's first tag; move reports
	// that players do not read them there.
	late    []line
	move    bool
	keys    []keyLine
	inForce []int32 // of all keys, in sequence
	maps    []mapLine
	reports [][]edit
}

// mapLine is one EXT-X-MAP line, whether or not it is fetched.
type mapLine struct {
	from, end int32
	segment   int
	// keys is the number of EXT-X-KEY lines before it; index is its own in Media.Maps, -1 if it is not fetched.
	keys, index int
}

// mediaParser parses one media playlist. seg is the segment whose URI line has not been read yet.
type mediaParser struct {
	*parser
	m     *Media
	lines mediaLines

	seg        Segment
	announced  bool  // an EXTINF without its URI line yet
	start      int32 // of the segment's first tag; -1 if none yet
	disc       int64
	discHere   bool
	open       bool // the segment's range has no offset
	parts      []Part
	firstPart  int // of the segment, in parts
	lastURI    string
	lastEnd    int64 // the first byte behind the last segment's range; -1 if it had none
	partURI    string
	partEnd    int64
	explicit   bool // a PDT was read somewhere
	hintStarts int32
	prefetched int // the segment that the last EXT-X-PREFETCH announced; -1: none
	dateRanges int
	once       tagSet   // the once-only tags that have appeared
	lastOf     [16]line // line of the last of each, by its bit in once
	untimed    bool     // a segment's duration is unreadable
	homeless   bool     // there was an address without an EXTINF
	infLine    line     // the EXTINF without its URI line yet
	formats    []string // the KEYFORMATs met so far
	newest     []int32  // the newest line of each format in force, as ascending indexes of lines.keys
}

// ParseMedia parses a media playlist and keeps a copy of body. Errors wrap ErrNotPlaylist (also for a multivariant
// playlist), ErrVariable, ErrLineTooLong or ErrTooLarge, and name the line.
func ParseMedia(body []byte, env Env) (*Media, error) {
	base, err := newParser(body, env, KindMedia)
	if err != nil {
		return nil, err
	}
	p := &mediaParser{parser: base, m: &Media{}, start: -1, lastEnd: -1, partEnd: -1, hintStarts: -1, prefetched: -1}
	p.seg.Range = wholeRange
	p.note = p.unrecognisedURI
	p.reserve()
	for {
		l, ok, err := p.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if l.start == l.end {
			p.cutUnseen(l.from, l.next)
			continue
		}
		if p.text[l.start] != '#' {
			if err := p.uri(l); err != nil {
				return nil, err
			}
			continue
		}
		p.startLine(l)
		if !p.isTag(l) {
			p.blankAddresses(l.start, l.end)
			continue
		}
		if err := p.mediaTag(l); err != nil {
			return nil, err
		}
		p.unrecognised(l, p.mark)
	}
	p.finish()
	return p.m, nil
}

// reserve allocates all segments at once. It counts "INF:" rather than the whole tag: a search whose first letter is
// rare is several times as fast.
func (p *mediaParser) reserve() {
	if n := min(strings.Count(p.text, "INF:"), MaxSegments); n > 0 {
		p.m.Segments = make([]Segment, 0, n)
		p.lines.starts, p.lines.ends = make([]int32, 0, n), make([]int32, 0, n)
		p.doc.edits = append(make([]edit, 0, n+n/16+16), p.doc.edits...)
	}
}

// reserveParts does the same for parts at the first one, at text[from:].
func (p *mediaParser) reserveParts(from int) {
	p.parts = make([]Part, 0, min(strings.Count(p.text[from:], tagPart+":"), MaxParts))
}

// begin records that the line belongs to the next segment.
func (p *mediaParser) begin(l line) {
	if p.start < 0 {
		p.start = int32(l.from)
	}
}

func (p *mediaParser) uri(l line) error {
	if !p.announced {
		if !p.homeless {
			p.homeless = true
			p.fault(tagExtInf, "is missing before an address: the address is left out")
		}
		p.doc.drop(l) // players skip it, and it would have no number
		return nil
	}
	if len(p.m.Segments) == MaxSegments {
		return atLine(p.number, "", ErrTooLarge)
	}
	uri := p.text[l.start:l.end]
	if p.refs {
		var err error
		if uri, err = p.expand(uri); err != nil {
			return atLine(p.number, "", err)
		}
	}
	p.seg.URI = uri
	p.segmentRange(uri)
	p.seg.Discontinuity = p.disc
	if len(p.parts) > p.firstPart {
		p.seg.Parts = p.parts[p.firstPart:len(p.parts):len(p.parts)]
		p.firstPart = len(p.parts)
	}
	p.address(l, uri, len(p.m.Segments))
	p.begin(l)
	p.lines.starts = append(p.lines.starts, p.start)
	p.lines.ends = append(p.lines.ends, int32(l.next))
	p.m.Segments = append(p.m.Segments, p.seg)
	p.seg = Segment{Range: wholeRange}
	p.start, p.hintStarts, p.announced, p.discHere = -1, -1, false, false
	return nil
}

// segmentRange sets the offset of a range without one: it continues the previous range of the same resource (RFC
// 8216bis, section 4.4.4.2). A range that continues nothing begins at 0, as players read it.
func (p *mediaParser) segmentRange(uri string) {
	if p.seg.Range.Length < 0 {
		p.lastURI, p.lastEnd = "", -1
		return
	}
	if p.open {
		switch {
		case p.lastEnd >= 0 && p.lastURI == uri:
			p.seg.Range.Offset = p.lastEnd
		case len(p.m.Segments) == 0 && p.m.Skipped > 0:
			// The previous range is in a playlist that only the client has.
		default:
			p.seg.Range.Offset = 0
		}
		p.open = false
	}
	p.lastURI, p.lastEnd = uri, -1
	if p.seg.Range.Offset >= 0 {
		p.lastEnd = p.seg.Range.Offset + p.seg.Range.Length
	}
}

func (p *mediaParser) finish() {
	m := p.m
	if p.announced {
		p.dropInf()
	}
	m.Open = p.parts[p.firstPart:]
	m.doc, m.lines, m.Faults = p.doc, p.lines, p.faults
	m.lines.openStart = p.start
	if len(m.Open) == 0 {
		m.lines.openStart = p.hintStarts
		if p.hintStarts >= 0 && p.start >= 0 {
			m.lines.openStart = min(p.start, p.hintStarts)
		}
	}
	m.lines.openBreak = p.discHere
	for i := range m.Hints {
		if m.Hints[i].Type == HintSegment {
			continue
		}
		m.Hints[i].Segment = len(m.Segments)
		if m.Hints[i].Type == "PART" {
			m.Hints[i].Part = len(m.Open)
		}
	}
	if m.DiscontinuitySequence != 0 {
		for i := range m.Segments {
			m.Segments[i].Discontinuity += m.DiscontinuitySequence
		}
	}
	p.complete()
	if p.explicit {
		carryDates(m.Segments)
	}
	governed(m.lines.keys)
}

// carryDates computes the dates of segments without a PROGRAM-DATE-TIME from their neighbours', by durations, within
// one discontinuity.
func carryDates(s []Segment) {
	for i := 1; i < len(s); i++ {
		if before := &s[i-1]; s[i].PDT.IsZero() && !before.PDT.IsZero() && before.Discontinuity == s[i].Discontinuity {
			s[i].PDT = dated(before.PDT.Add(before.Duration))
		}
	}
	for i := len(s) - 2; i >= 0; i-- {
		if after := &s[i+1]; s[i].PDT.IsZero() && !after.PDT.IsZero() && after.Discontinuity == s[i].Discontinuity {
			s[i].PDT = dated(after.PDT.Add(-s[i].Duration))
		}
	}
}

// Years outside these are mistakes; a segment with one has no date. Within them, the end of a segment can be stored as JSON, which
// has only years of four digits.
const firstYear, lastYear = 1000, 9000

// dated returns t, or the zero time if its year is a mistake.
func dated(t time.Time) time.Time {
	if y := t.Year(); y < firstYear || y > lastYear {
		return time.Time{}
	}
	return t
}
