package hls

import (
	"math"
	"math/bits"
	"slices"
	"time"
)

// tagSet is a set of the tags that may appear once in a playlist.
type tagSet uint16

const (
	onceMSN tagSet = 1 << iota
	onceDiscSeq
	onceTarget
	onceVersion
	onceType
	onceEndList
	oncePartInf
	onceControl
	onceSkip
)

// defaultDuration is the assumed duration of a segment if the playlist gives none.
const defaultDuration = 6 * time.Second

// maxSequence bounds the sequence numbers that are accepted: JavaScript cannot count beyond it exactly.
const maxSequence = 1<<53 - 1<<32

// headTag reads the tags that apply to the whole playlist. Some players refuse repeated ones (hls.js does), so one
// readable tag is kept and the others are left out.
func (p *mediaParser) headTag(l line, name string, at int) error {
	m := p.m
	switch name {
	case tagMSN:
		if v, ok := p.sequence(l, name, at, opMSN, onceMSN); ok {
			m.MSN, p.lines.hasMSN = v, true
		}
	case tagDiscSeq:
		if v, ok := p.sequence(l, name, at, opDiscSeq, onceDiscSeq); ok {
			m.DiscontinuitySequence, p.lines.hasDisc = v, true
		}
	case tagTarget:
		v, n := leadingInt(p.text[at:l.end])
		if n == 0 || v == 0 || v > math.MaxInt32 {
			p.fault(name, "is not a number of seconds: the longest segment rules")
			p.doc.drop(l)
		} else if p.latest(l, onceTarget) {
			p.tidyTabs(l, at)
			m.TargetDuration = seconds(p.text[at:l.end])
			p.head(l)
		}
	case tagEndList:
		m.End = true
		p.single(l, onceEndList)
	case tagType:
		if p.single(l, onceType) {
			p.tidy(l, at)
			m.PlaylistType = p.playlistType(l, at)
			p.head(l)
		}
	case tagIFramesOnly:
		m.IFramesOnly = true
		p.head(l)
	case tagVersion:
		if p.latest(l, onceVersion) {
			p.head(l)
		}
	case tagIndependent:
		p.head(l)
	case tagPartInf, tagControl, tagSkip, tagStart:
		return p.control(l, name, at)
	case tagBitrate:
	default:
		if c := p.rename(l, name); c != "" {
			return p.named(l, c, at)
		}
	}
	return nil
}

// single reports whether the tag is the first of its kind; later ones are left out.
func (p *mediaParser) single(l line, kind tagSet) bool {
	if p.once&kind != 0 {
		p.doc.drop(l)
		return false
	}
	p.once |= kind
	return true
}

// latest is single for tags of which players use the last one: before the first segment it replaces the previous one.
func (p *mediaParser) latest(l line, kind tagSet) bool {
	at := &p.lastOf[bits.TrailingZeros16(uint16(kind))]
	if p.once&kind != 0 {
		if len(p.m.Segments) > 0 {
			return p.single(l, kind)
		}
		before := *at
		p.mark += p.doc.dropLater(before)
		p.lines.late = slices.DeleteFunc(p.lines.late, func(o line) bool { return o == before })
	}
	p.once |= kind
	*at = l
	return true
}

// head records a tag of the whole playlist that appears after the first segment's first tag: anything inserted there
// has to come after it.
func (p *mediaParser) head(l line) {
	if p.start >= 0 || len(p.m.Segments) > 0 {
		p.lines.late = append(p.lines.late, l)
	}
}

// playlistType returns "EVENT" or "VOD" in any spelling, or "".
func (p *mediaParser) playlistType(l line, at int) string {
	raw := p.text[at:l.end]
	for _, t := range [...]string{"EVENT", "VOD"} {
		if raw == t {
			return t
		}
		if hasPrefixFold(raw, t) && len(raw) == len(t) || len(raw) == len(t)+2 && hasPrefixFold(raw[1:], t) {
			p.doc.literal(at, l.end, t)
			return t
		}
	}
	return raw
}

// sequence reads a sequence number. One that is unreadable, or too large for a player, counts as absent: the proxy then
// recognises segments by their dates and names.
func (p *mediaParser) sequence(l line, name string, at int, o op, kind tagSet) (v int64, ok bool) {
	v, n := leadingInt(p.text[at:l.end])
	if n == 0 || v > maxSequence {
		p.fault(name, "is not a sequence number: counting begins at 0")
		p.doc.drop(l)
		return 0, false
	}
	if !p.latest(l, kind) {
		return 0, false
	}
	p.tidyTabs(l, at)
	p.doc.add(o, at, at+n, 0, 0)
	p.head(l)
	if len(p.m.Segments) > 0 {
		p.lines.move = true
	}
	return v, true
}

// tidyTabs removes any white space between the colon and the number.
func (p *mediaParser) tidyTabs(l line, at int) {
	for i := at - 1; i > l.start && p.text[i] != ':'; i-- {
		if p.text[i] != ' ' {
			p.tidy(l, at)
			return
		}
	}
}

// control reads the header tags that are attribute lists.
func (p *mediaParser) control(l line, name string, at int) error {
	m := p.m
	kind := map[string]tagSet{tagPartInf: oncePartInf, tagControl: onceControl, tagSkip: onceSkip}[name]
	if kind != 0 && !p.single(l, kind) {
		return nil
	}
	bad := name == tagSkip
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "PART-TARGET":
			m.PartTarget = seconds(x.value)
		case "CAN-BLOCK-RELOAD":
			m.CanBlock = x.value == "YES"
		case "CAN-SKIP-UNTIL":
			m.CanSkipUntil = seconds(x.value)
		case "SKIPPED-SEGMENTS":
			v, n := leadingInt(x.value)
			if bad = n == 0 || v > MaxSegments; !bad { // a player makes room for each
				m.Skipped = v
			}
		}
		return opKeep, 0, 0
	})
	if err != nil {
		return err
	}
	if bad {
		p.fault(name, "does not say how many segments it skips: none are")
		p.doc.drop(l)
		p.once &^= kind
		return nil
	}
	if name != tagSkip {
		p.head(l)
	}
	return nil
}

// complete adds the tags that are missing and that players need.
func (p *mediaParser) complete() {
	m := p.m
	longest := time.Duration(0)
	if p.untimed || m.TargetDuration == 0 {
		for i := range m.Segments {
			longest = max(longest, m.Segments[i].Duration)
		}
		if longest == 0 {
			longest = max(m.TargetDuration, m.PartTarget)
		}
		if longest == 0 {
			longest = defaultDuration
		}
	}
	if m.TargetDuration == 0 {
		m.TargetDuration = (longest + time.Second - 1).Truncate(time.Second)
		m.lines.addTarget = true
	}
	if p.untimed {
		for i := range m.Segments {
			if s := &m.Segments[i]; s.Duration < 0 {
				s.Duration = m.TargetDuration
			}
		}
	}
	m.lines.addIFrames = p.env.IFrames && !m.IFramesOnly
}
