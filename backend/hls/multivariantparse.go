package hls

import "strings"

// ParseMultivariant parses a multivariant playlist and keeps a copy of body. Errors wrap ErrNotPlaylist (also for a
// media playlist), ErrVariable, ErrLineTooLong or ErrTooLarge, and name the line.
func ParseMultivariant(body []byte, env Env) (*Multivariant, error) {
	p, err := newParser(body, env, KindMultivariant)
	if err != nil {
		return nil, err
	}
	m := &Multivariant{}
	p.note = m.unrecognisedURI
	var v variant
	for {
		l, ok, err := p.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		switch {
		case l.start == l.end:
			if v.pending { // a player takes blanks for the variant's address
				p.trimBehind(line{end: l.from, next: l.next})
			} else {
				p.cutUnseen(l.from, l.next)
			}
			continue
		case p.text[l.start] == '#':
			p.startLine(l)
			if !p.isTag(l) {
				p.blankAddresses(l.start, l.end)
				continue
			}
			name, at := p.tag(l)
			if err = p.multivariantTag(m, &v, l, name, at); err == nil {
				p.unrecognised(l, p.mark)
			}
		default:
			err = p.uriLine(m, l, &v)
		}
		if err != nil {
			return nil, err
		}
		for n := len(m.spans); n < len(m.Renditions); n++ {
			from := l.from
			if m.Renditions[n].Kind == Variant {
				from = v.line.from
			}
			m.spans = append(m.spans, span{from, l.next})
		}
		if len(m.Renditions) > MaxRenditions {
			return nil, atLine(p.number, "", ErrTooLarge)
		}
	}
	p.dropVariant(&v)
	m.doc, m.Variables, m.Faults = p.doc, p.variables(), p.faults
	return m, nil
}

// variant is an EXT-X-STREAM-INF.
type variant struct {
	r       Rendition
	pending bool // its URI line has not been read yet
	line    line
}

// dropVariant leaves out a variant without an address: a player would take part of its line for one.
func (p *parser) dropVariant(v *variant) {
	if !v.pending {
		return
	}
	v.pending = false
	p.mark += p.doc.dropLater(v.line)
	p.fault(tagStreamInf, "stands there without an address: it is left out")
}

func (p *parser) variant(v *variant, l line, at int) error {
	p.dropVariant(v)
	mark := len(p.doc.edits)
	if p.mark < mark && p.doc.edits[p.mark].start == int32(l.from) {
		mark = p.mark
	}
	*v = variant{r: Rendition{Kind: Variant}, pending: true, line: l}
	empty := true
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		empty = false
		v.r.set(x)
		if x.name == "URI" {
			return opDrop, 0, 0 // its address is on the next line
		}
		return opKeep, 0, 0
	})
	if err == nil && empty { // a player ignores a variant without any attribute
		p.doc.edits = p.doc.edits[:mark]
		p.doc.literal(l.from, l.end, tagStreamInf+":BANDWIDTH=1")
		p.trimBehind(l)
	}
	return err
}

// uriLine reads the address of the previous variant. One without an EXT-X-STREAM-INF is left out.
func (p *parser) uriLine(m *Multivariant, l line, v *variant) error {
	if !v.pending {
		p.doc.drop(l)
		return nil
	}
	v.pending = false
	uri, err := p.expand(p.text[l.start:l.end])
	if err != nil {
		return atLine(p.number, "", err)
	}
	if p.address(l, uri, len(m.Renditions)); isInline(uri) {
		m.inline = true
		return nil
	}
	v.r.URI = uri
	m.Renditions = append(m.Renditions, v.r)
	return nil
}

func (p *parser) multivariantTag(m *Multivariant, v *variant, l line, name string, at int) error {
	switch name {
	case tagStreamInf:
		return p.variant(v, l, at)
	case tagDefine:
		return p.define(l, at)
	case tagMedia, tagIFrame, tagImage:
		return p.rendition(m, l, name, at)
	case tagSessionKey, tagSessionData:
		return p.sessionTag(m, l, name, at)
	case tagStart:
		return p.walk(l, at, keepAll)
	case tagVersion, tagIndependent:
	default:
		switch c := canonical(name); {
		case c != "":
			p.rename(l, name)
			return p.multivariantTag(m, v, l, c, at)
		case isKnownTag(name): // a media playlist's tag: some of them make a player take this playlist for one
			p.doc.drop(l)
		}
	}
	return nil
}

func keepAll(*attribute) (op, int, int) { return opKeep, 0, 0 }

func (p *parser) rendition(m *Multivariant, l line, name string, at int) error {
	var r Rendition
	switch name {
	case tagIFrame:
		r.Kind = IFrame
	case tagImage:
		r.Kind = Image
	}
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		r.set(x)
		switch {
		case x.name == "URI":
			r.URI = x.value
			return opAttr, len(m.Renditions), 0
		case x.name == "TYPE" && name == tagMedia:
			r.Kind = mediaKind(x.value)
		}
		return opKeep, 0, 0
	})
	if err == nil && r.URI == "" && (r.Kind == IFrame || r.Kind == Image) {
		p.doc.drop(l) // it has no address
	}
	if err != nil || r.URI == "" || isInline(r.URI) {
		return err
	}
	if r.Kind == "" {
		p.doc.drop(l) // closed captions have no address, other types no meaning
		return nil
	}
	m.Renditions = append(m.Renditions, r)
	return nil
}

func mediaKind(s string) RenditionKind {
	switch s {
	case "AUDIO":
		return Audio
	case "VIDEO":
		return Video
	case "SUBTITLES":
		return Subtitles
	}
	return ""
}

func (p *parser) sessionTag(m *Multivariant, l line, name string, at int) error {
	if len(m.Resources) >= MaxAssets {
		p.doc.drop(l)
		return nil
	}
	r := Resource{Tag: strings.TrimPrefix(name, "#"), Range: wholeRange}
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "URI":
			r.URI = x.value
			return opResource, len(m.Resources), 0
		default:
			r.setKey(x)
		}
		return opKeep, 0, 0
	})
	if err != nil || r.URI == "" || isInline(r.URI) {
		return err
	}
	if name == tagSessionKey {
		if r.Method == methodNone {
			p.blank(p.mark)
			return nil
		}
		r.KeyFormat = keyFormat(r.KeyFormat)
	}
	m.Resources = append(m.Resources, r)
	return nil
}

func (r *Rendition) set(x *attribute) {
	switch x.name {
	case "BANDWIDTH":
		r.Bandwidth = number(x.value)
	case "AVERAGE-BANDWIDTH":
		r.AverageBandwidth = number(x.value)
	case "RESOLUTION":
		r.Width, r.Height = resolution(x.value)
	case "FRAME-RATE":
		r.FrameRate = float(x.value)
	case "CODECS":
		r.Codecs = x.value
	case "VIDEO-RANGE":
		r.VideoRange = x.value
	case "GROUP-ID":
		r.GroupID = x.value
	case "AUDIO":
		r.AudioGroup = x.value
	case "SUBTITLES":
		r.SubtitlesGroup = x.value
	case "VIDEO":
		r.VideoGroup = x.value
	case "LANGUAGE":
		r.Language = x.value
	case "NAME":
		r.Name = x.value
	case "CHANNELS":
		r.Channels = x.value
	case "CHARACTERISTICS":
		r.Characteristics = x.value
	case "HDCP-LEVEL":
		r.HDCPLevel = x.value
	case "SUPPLEMENTAL-CODECS":
		r.SupplementalCodecs = x.value
	case "REQ-VIDEO-LAYOUT":
		r.VideoLayout = x.value
	case "ALLOWED-CPC":
		r.AllowedCPC = x.value
	case "CLOSED-CAPTIONS":
		r.Captions = x.value
	case "ASSOC-LANGUAGE":
		r.AssocLanguage = x.value
	case "INSTREAM-ID":
		r.InstreamID = x.value
	case "SAMPLE-RATE":
		r.SampleRate = number(x.value)
	case "BIT-DEPTH":
		r.BitDepth = number(x.value)
	case "PATHWAY-ID":
		r.PathwayID = x.value
	case "STABLE-VARIANT-ID", "STABLE-RENDITION-ID":
		r.StableID = x.value
	case "DEFAULT":
		r.Default = x.value == "YES"
	case "AUTOSELECT":
		r.Autoselect = x.value == "YES"
	case "FORCED":
		r.Forced = x.value == "YES"
	}
}

// Render appends the playlist to dst with the addresses from n. EXT-X-CONTENT-STEERING and EXT-X-DEFINE are left out,
// variables are substituted.
func (m *Multivariant) Render(dst []byte, n MultivariantNaming) []byte {
	return m.RenderOnly(dst, n, nil)
}

// RenderOnly returns Render without the renditions for which keep is false; a nil keep keeps all.
func (m *Multivariant) RenderOnly(dst []byte, n MultivariantNaming, keep []bool) []byte {
	d := &m.doc
	pos := int32(0)
	var out []span
	for i, k := range keep {
		if !k {
			out = append(out, m.spans[i])
		}
	}
	leave := func(before int32) {
		for ; len(out) > 0 && int32(out[0].from) <= before; out = out[1:] {
			if at := int32(out[0].from); at > pos {
				dst = append(dst, d.text[pos:at]...)
			}
			pos = max(pos, int32(out[0].to))
		}
	}
	for i := range d.edits {
		e := &d.edits[i]
		if leave(e.start); e.start < pos {
			continue
		}
		dst = append(dst, d.text[pos:e.start]...)
		pos = e.end
		switch e.op {
		case opKeep:
			dst = append(dst, d.text[e.start:e.end]...)
		case opLiteral:
			dst = append(dst, d.literals[e.a]...)
		case opLine:
			dst = n.Rendition(dst, int(e.a))
		case opAttr:
			dst = append(dst, '"')
			dst = append(n.Rendition(dst, int(e.a)), '"')
		case opResource:
			dst = append(dst, '"')
			dst = append(n.Resource(dst, int(e.a)), '"')
		case opUnrecognised:
			dst = n.Resource(dst, int(e.a))
		case opBlank:
			dst = append(dst, blanked...)
		}
	}
	leave(int32(len(d.text)))
	return append(dst, d.text[pos:]...)
}
