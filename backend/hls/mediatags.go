package hls

import "gridwall/backend/hls/internal/dates"

func (p *mediaParser) mediaTag(l line) error {
	name, at := p.tag(l)
	return p.named(l, name, at)
}

func (p *mediaParser) named(l line, name string, at int) error {
	switch name {
	case tagExtInf:
		p.extInf(l, at)
	case tagPDT:
		p.begin(l)
		p.tidy(l, at)
		p.date(l, at)
	case tagByteRange:
		p.begin(l)
		p.byteRangeTag(l, at)
	case tagGap:
		p.begin(l)
		p.seg.Gap = true
	case tagDiscontinuity:
		p.begin(l)
		p.disc++
		p.discHere = true
	case tagPart:
		p.begin(l)
		return p.part(l, at)
	case tagKey:
		p.begin(l)
		return p.key(l, at)
	case tagMap:
		p.begin(l)
		return p.initSection(l, at)
	case tagHint:
		return p.hint(l, at)
	case tagPrefetch, tagTwitchPrefetch:
		p.prefetch(l, at)
	case tagReport:
		return p.report(l, at)
	case tagDateRange:
		return p.dateRange(l, at)
	case tagDefine:
		return p.define(l, at)
	case tagSteering, tagStreamInf, tagMedia, tagIFrame, tagImage, tagSessionKey, tagSessionData:
		p.doc.drop(l)
	default:
		return p.headTag(l, name, at)
	}
	return nil
}

// byteRangeTag reads EXT-X-BYTERANGE. Some servers quote it, or write "n@"; an unreadable one means the whole resource.
func (p *mediaParser) byteRangeTag(l line, at int) {
	from := at
	for at < l.end && (p.text[at] == '"' || p.text[at] == '\'' || isSpace(p.text[at])) {
		at++
	}
	r, n := byteRange(p.text[at:l.end])
	if n == 0 {
		p.fault(tagByteRange, "is not a byte range: the whole resource is fetched")
		p.doc.drop(l)
		return
	}
	p.seg.Range, p.open = r, r.Offset < 0
	switch clean := from == at && at+n == l.end && isRange(p.text[at:l.end]); {
	case !clean:
		p.doc.add(opRange, from, l.end, len(p.m.Segments), 0)
	case p.open:
		p.doc.add(opOffset, l.end, l.end, len(p.m.Segments), 0)
	}
}

// date reads EXT-X-PROGRAM-DATE-TIME.
func (p *mediaParser) date(l line, at int) {
	t, plain := dates.Parse(p.text[at:l.end])
	t = dated(t)
	p.seg.PDT = t
	if t.IsZero() {
		return
	}
	p.explicit = true
	if !plain {
		p.doc.literal(at, l.end, dates.Format(t))
	}
}

func (p *mediaParser) part(l line, at int) error {
	if len(p.parts) == MaxParts {
		return atLine(p.number, "EXT-X-PART", ErrTooLarge)
	}
	if p.parts == nil {
		p.reserveParts(l.from)
	}
	x := Part{Range: wholeRange}
	segment, number := len(p.m.Segments), len(p.parts)-p.firstPart
	err := p.walk(l, at, func(a *attribute) (op, int, int) {
		switch a.name {
		case "URI":
			x.URI = a.value
			return opPart, segment, number
		case "DURATION":
			x.Duration = seconds(a.value)
		case "INDEPENDENT":
			x.Independent = a.value == "YES"
		case "GAP":
			x.Gap = a.value == "YES"
		case "BYTERANGE":
			if a.value == "" {
				break
			}
			var n int
			if x.Range, n = byteRange(a.value); n == 0 {
				p.fault(tagPart, "has an unreadable BYTERANGE: the whole resource is fetched")
				return opDrop, 0, 0
			}
			if x.Range.Offset < 0 || !isRange(a.value) {
				return opPartOffset, segment, number
			}
		}
		return opKeep, 0, 0
	})
	if err != nil {
		return err
	}
	if x.URI == "" {
		p.doc.drop(l) // nothing to load
		return nil
	}
	p.partRange(&x)
	p.parts = append(p.parts, x)
	return nil
}

// partRange sets the offset of a part's range without one: it continues the previous part of the same resource, else
// the last segment; otherwise it is 0.
func (p *mediaParser) partRange(x *Part) {
	if x.Range.Length < 0 {
		p.partURI, p.partEnd = "", -1
		return
	}
	if x.Range.Offset < 0 {
		switch {
		case p.partEnd >= 0 && p.partURI == x.URI:
			x.Range.Offset = p.partEnd
		case p.lastEnd >= 0 && p.lastURI == x.URI:
			x.Range.Offset = p.lastEnd
		default:
			x.Range.Offset = 0
		}
	}
	p.partURI, p.partEnd = x.URI, x.Range.Offset+x.Range.Length
}

func (p *mediaParser) initSection(l line, at int) error {
	if len(p.lines.maps) == MaxMaps {
		return atLine(p.number, "EXT-X-MAP", ErrTooLarge)
	}
	r := Resource{Tag: "EXT-X-MAP", From: len(p.m.Segments), Range: wholeRange}
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "URI":
			r.URI = x.value
			return opMap, len(p.m.Maps), 0
		case "BYTERANGE":
			if x.value == "" {
				break
			}
			var n int
			if r.Range, n = byteRange(x.value); n == 0 {
				p.fault(tagMap, "has an unreadable BYTERANGE: the whole resource is fetched")
				return opDrop, 0, 0
			}
			r.Range.Offset = max(r.Range.Offset, 0)
			if !isRange(x.value) {
				x.value = r.Range.String()
			}
		}
		return opKeep, 0, 0
	})
	if err != nil {
		return err
	}
	if r.URI == "" {
		p.fault(tagMap, "has no address: it is left out")
		p.doc.drop(l) // players fail without an address
		return nil
	}
	k := mapLine{from: int32(l.from), end: int32(l.end), segment: r.From, keys: len(p.lines.keys), index: -1}
	if !isInline(r.URI) {
		k.index = len(p.m.Maps)
		p.m.Maps = append(p.m.Maps, r)
	}
	p.lines.maps = append(p.lines.maps, k)
	return nil
}

func (p *mediaParser) hint(l line, at int) error {
	if len(p.m.Hints) >= MaxHints {
		p.doc.drop(l)
		return nil
	}
	h := Hint{Range: wholeRange}
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "TYPE":
			h.Type = x.value
		case "URI":
			h.URI = x.value
			return opHint, len(p.m.Hints), 0
		case "BYTERANGE-START":
			h.Range.Offset = number(x.value)
		case "BYTERANGE-LENGTH":
			if v, n := leadingInt(x.value); n > 0 {
				h.Range.Length = v
			}
		}
		return opKeep, 0, 0
	})
	if err != nil || h.URI == "" || isInline(h.URI) {
		return err
	}
	if h.Type == "PART" && p.hintStarts < 0 {
		p.hintStarts = int32(l.from)
	}
	p.m.Hints = append(p.m.Hints, h)
	return nil
}

func (p *mediaParser) report(l line, at int) error {
	k := len(p.m.Reports)
	if k >= MaxReports {
		p.doc.drop(l)
		return nil
	}
	r := Report{LastMSN: -1, LastPart: -1}
	bad := false
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "URI":
			r.URI = x.value
			return opReportURI, k, 0
		case "LAST-MSN":
			v, n := leadingInt(x.value)
			r.LastMSN, bad = v, n == 0
			return opReportMSN, k, 0
		case "LAST-PART":
			if v, n := leadingInt(x.value); n > 0 {
				r.LastPart = v
			}
		}
		return opKeep, 0, 0
	})
	if err != nil {
		return err
	}
	if bad || r.URI == "" || isInline(r.URI) {
		p.doc.drop(l) // a report without an address is useless to a player
		return nil
	}
	p.unrecognised(l, p.mark) // before the edits become part of the report
	p.lines.reports = append(p.lines.reports, append([]edit(nil), p.doc.edits[p.mark:]...))
	p.doc.edits = p.doc.edits[:p.mark]
	p.doc.add(opReport, l.from, l.next, k, len(p.lines.reports)-1)
	p.m.Reports = append(p.m.Reports, r)
	return nil
}

func (p *mediaParser) dateRange(l line, at int) error {
	if p.dateRanges++; p.dateRanges > MaxDateRanges {
		p.doc.drop(l)
		return nil
	}
	return p.walk(l, at, func(x *attribute) (op, int, int) {
		if x.name == "START-DATE" || x.name == "END-DATE" {
			if t, plain := dates.Parse(x.value); !plain && !t.IsZero() {
				x.value = dates.Format(t)
			}
		}
		if x.name != "X-ASSET-URI" && x.name != "X-ASSET-LIST" || x.value == "" || isInline(x.value) {
			return opKeep, 0, 0
		}
		if len(p.m.Assets) >= MaxAssets {
			return opDrop, 0, 0
		}
		p.m.Assets = append(p.m.Assets, Resource{URI: x.value, Tag: x.name, From: len(p.m.Segments), Range: wholeRange})
		return opAsset, len(p.m.Assets) - 1, 0
	})
}
