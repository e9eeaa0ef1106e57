package hls

func (p *mediaParser) mediaTag(l line) error {
	name, at := p.tag(l)
	switch name {
	case tagExtInf:
		p.begin(l)
		p.announced = true
		p.seg.Duration = seconds(p.text[at:l.end])
	case tagPDT:
		p.begin(l)
		p.seg.PDT = dateTime(p.text[at:l.end])
		p.explicit = p.explicit || !p.seg.PDT.IsZero()
	case tagByteRange:
		p.begin(l)
		return p.byteRangeTag(l, at)
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

// headTag reads the tags of the playlist as a whole.
func (p *mediaParser) headTag(l line, name string, at int) (err error) {
	m := p.m
	switch name {
	case tagMSN:
		m.MSN, err = p.sequence(l, at, opMSN)
		p.lines.hasMSN = true
	case tagDiscSeq:
		m.DiscontinuitySequence, err = p.sequence(l, at, opDiscSeq)
		p.lines.hasDisc = true
	case tagTarget:
		m.TargetDuration = seconds(p.text[at:l.end])
	case tagEndList:
		m.End = true
	case tagType:
		m.PlaylistType = p.text[at:l.end]
	case tagIFramesOnly:
		m.IFramesOnly = true
	case tagPartInf, tagControl, tagSkip, tagStart:
		return p.control(l, name, at)
	}
	return err
}

func (p *mediaParser) sequence(l line, at int, o op) (int64, error) {
	v, n := leadingInt(p.text[at:l.end])
	if n == 0 {
		return 0, atLine(p.number, tagName(p.text[l.start:l.end]), ErrNumber)
	}
	p.doc.add(o, at, at+n, 0, 0)
	return v, nil
}

func (p *mediaParser) control(l line, name string, at int) error {
	m := p.m
	bad := name == tagSkip
	_, err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "PART-TARGET":
			m.PartTarget = seconds(x.value)
		case "CAN-BLOCK-RELOAD":
			m.CanBlock = x.value == "YES"
		case "CAN-SKIP-UNTIL":
			m.CanSkipUntil = seconds(x.value)
		case "SKIPPED-SEGMENTS":
			v, n := leadingInt(x.value)
			m.Skipped, bad = v, n == 0
		}
		return opKeep, 0, 0
	})
	if err == nil && bad {
		err = atLine(p.number, tagName(name), ErrNumber)
	}
	return err
}

func (p *mediaParser) byteRangeTag(l line, at int) error {
	// Some servers quote it.
	for at < l.end && p.text[at] == '"' {
		at++
	}
	r, n := byteRange(p.text[at:l.end])
	if n == 0 {
		return atLine(p.number, "EXT-X-BYTERANGE", ErrNumber)
	}
	p.seg.Range, p.rangeEnd = r, 0
	if r.Offset < 0 {
		p.rangeEnd = at + n
		p.doc.add(opOffset, at+n, at+n, len(p.m.Segments), 0)
	}
	return nil
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
	bad := false
	ok, err := p.walk(l, at, func(a *attribute) (op, int, int) {
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
			var n int
			if x.Range, n = byteRange(a.value); n == 0 {
				bad = true
			}
			if x.Range.Offset < 0 {
				return opPartOffset, segment, number
			}
		}
		return opKeep, 0, 0
	})
	if err != nil || !ok {
		return err
	}
	if bad {
		return atLine(p.number, "EXT-X-PART", ErrNumber)
	}
	p.partRange(&x)
	p.parts = append(p.parts, x)
	return nil
}

// partRange settles the offset of a part's range without one: behind the part before, of the same resource, else
// behind the last segment, else 0.
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

func (p *mediaParser) key(l line, at int) error {
	r := Resource{Tag: "EXT-X-KEY", From: len(p.m.Segments), Range: wholeRange}
	mark := len(p.doc.edits)
	ok, err := p.walk(l, at, func(x *attribute) (op, int, int) {
		if x.name == "URI" {
			r.URI = x.value
			return opKey, len(p.m.Keys), 0
		}
		r.setKey(x)
		return opKeep, 0, 0
	})
	if err != nil || !ok {
		return err
	}
	r.KeyFormat = keyFormat(r.KeyFormat)
	fetched := r.URI != "" && !isInline(r.URI)
	if r.Method == methodNone && fetched {
		p.blank(mark)
		fetched = false
	}
	if fetched {
		p.m.Keys = append(p.m.Keys, r)
	}
	p.strays(l, mark) // before the edits are copied
	k := keyLine{from: int32(l.from), end: int32(l.end), next: int32(l.next), segment: r.From, format: r.KeyFormat, none: r.Method == methodNone}
	if k.implicit = !r.HasIV && r.KeyFormat == formatIdentity && impliesIV(r.Method); k.implicit {
		// A copy: the line is rendered again for each segment.
		k.edits = append([]edit(nil), p.doc.edits[mark:]...)
	}
	p.lines.keys = append(p.lines.keys, k)
	return nil
}

// impliesIV tells the methods whose absent IV is the media sequence number. The others take it from elsewhere.
func impliesIV(method string) bool {
	switch method {
	case "AES-128", "SAMPLE-AES", "AES-256", "AES-256-CTR":
		return true
	}
	return false
}

func (p *mediaParser) initSection(l line, at int) error {
	r := Resource{Tag: "EXT-X-MAP", From: len(p.m.Segments), Range: wholeRange}
	bad := false
	ok, err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "URI":
			r.URI = x.value
			return opMap, len(p.m.Maps), 0
		case "BYTERANGE":
			var n int
			r.Range, n = byteRange(x.value)
			r.Range.Offset = max(r.Range.Offset, 0)
			bad = n == 0
		}
		return opKeep, 0, 0
	})
	if err == nil && bad {
		err = atLine(p.number, "EXT-X-MAP", ErrNumber)
	}
	if err == nil && ok {
		p.lines.maps = append(p.lines.maps, mapLine{int32(l.from), int32(l.end), r.From})
	}
	if err == nil && ok && r.URI != "" && !isInline(r.URI) {
		p.m.Maps = append(p.m.Maps, r)
	}
	return err
}

func (p *mediaParser) hint(l line, at int) error {
	h := Hint{Range: wholeRange}
	ok, err := p.walk(l, at, func(x *attribute) (op, int, int) {
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
	if err != nil || !ok || h.URI == "" || isInline(h.URI) {
		return err
	}
	if h.Type == "PART" && p.hintStarts < 0 {
		p.hintStarts = int32(l.from)
	}
	p.m.Hints = append(p.m.Hints, h)
	return nil
}

func (p *mediaParser) report(l line, at int) error {
	r := Report{LastMSN: -1, LastPart: -1}
	k := len(p.m.Reports)
	mark := len(p.doc.edits)
	bad := false
	ok, err := p.walk(l, at, func(x *attribute) (op, int, int) {
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
	if err != nil || !ok {
		return err
	}
	if bad || r.URI == "" || isInline(r.URI) {
		p.undo(mark, l) // it reports on nothing that a player could load
		return nil
	}
	p.strays(l, mark) // before the edits become the report's own
	p.lines.reports = append(p.lines.reports, append([]edit(nil), p.doc.edits[mark:]...))
	p.doc.edits = p.doc.edits[:mark]
	p.doc.add(opReport, l.from, l.next, k, len(p.lines.reports)-1)
	p.m.Reports = append(p.m.Reports, r)
	return nil
}

func (p *mediaParser) dateRange(l line, at int) error {
	mark := len(p.m.Assets)
	ok, err := p.walk(l, at, func(x *attribute) (op, int, int) {
		if x.name != "X-ASSET-URI" && x.name != "X-ASSET-LIST" {
			return opKeep, 0, 0
		}
		if x.value != "" && !isInline(x.value) {
			p.m.Assets = append(p.m.Assets, Resource{URI: x.value, Tag: x.name, From: len(p.m.Segments), Range: wholeRange})
		}
		return opAsset, len(p.m.Assets) - 1, 0
	})
	if !ok {
		p.m.Assets = p.m.Assets[:mark]
	}
	return err
}
