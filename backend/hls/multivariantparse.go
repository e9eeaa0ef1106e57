package hls

import "strings"

// ParseMultivariant reads a multivariant playlist. It keeps a copy of body. Errors wrap ErrNotPlaylist (a media
// playlist too), ErrVariable, ErrLineTooLong or ErrTooLarge, and name the line.
func ParseMultivariant(body []byte, env Env) (*Multivariant, error) {
	p, err := newParser(body, env, KindMultivariant)
	if err != nil {
		return nil, err
	}
	m := &Multivariant{}
	p.note = m.stray
	p.strays(p.header, 0)
	var variant Rendition
	pending := false // an EXT-X-STREAM-INF waits for its URI line
	announced := 0   // where it stands
	for {
		l, ok, err := p.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if l.start == l.end {
			continue
		}
		if p.text[l.start] == '#' {
			mark := len(p.doc.edits)
			name, at := p.tag(l)
			if name == tagStreamInf {
				variant, pending, err = p.variant(l, at)
				announced = l.from
			} else {
				err = p.multivariantTag(m, l, name, at)
			}
			if err == nil {
				p.strays(l, mark)
			}
		} else {
			err = p.uriLine(m, l, variant, pending)
			pending = false
		}
		if err != nil {
			return nil, err
		}
		for n := len(m.spans); n < len(m.Renditions); n++ {
			from := l.from
			if m.Renditions[n].Kind == Variant {
				from = announced
			}
			m.spans = append(m.spans, span{from, l.next})
		}
		if len(m.Renditions) > MaxRenditions {
			return nil, atLine(p.number, "", ErrTooLarge)
		}
	}
	m.doc, m.Variables = p.doc, p.vars
	return m, nil
}

func (p *parser) variant(l line, at int) (r Rendition, ok bool, err error) {
	r.Kind = Variant
	ok, err = p.walk(l, at, func(x *attribute) (op, int, int) {
		r.set(x)
		if x.name == "URI" {
			return opDrop, 0, 0 // its address is the next line
		}
		return opKeep, 0, 0
	})
	return r, ok, err
}

// uriLine is the address of the variant before it. One that no EXT-X-STREAM-INF announced means nothing: left out.
func (p *parser) uriLine(m *Multivariant, l line, variant Rendition, pending bool) error {
	if !pending {
		p.doc.drop(l)
		return nil
	}
	uri, err := p.expand(p.text[l.start:l.end])
	if err != nil {
		return atLine(p.number, "", err)
	}
	if p.address(l, uri, len(m.Renditions)); isInline(uri) {
		return nil
	}
	variant.URI = uri
	m.Renditions = append(m.Renditions, variant)
	return nil
}

func (p *parser) multivariantTag(m *Multivariant, l line, name string, at int) error {
	switch name {
	case tagDefine:
		return p.define(l, at)
	case tagMedia, tagIFrame, tagImage:
		return p.rendition(m, l, name, at)
	case tagSessionKey, tagSessionData:
		return p.sessionTag(m, l, name, at)
	case tagStart:
		_, err := p.walk(l, at, keepAll)
		return err
	case tagSteering, tagKey, tagMap, tagPart, tagHint, tagReport, tagDateRange:
		p.doc.drop(l)
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
	mark := len(p.doc.edits)
	ok, err := p.walk(l, at, func(x *attribute) (op, int, int) {
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
	if err != nil || !ok {
		return err
	}
	if r.URI == "" || isInline(r.URI) {
		return nil
	}
	if r.Kind == "" {
		p.undo(mark, l) // closed captions have no address, other types no meaning
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
	r := Resource{Tag: strings.TrimPrefix(name, "#"), Range: wholeRange}
	mark := len(p.doc.edits)
	ok, err := p.walk(l, at, func(x *attribute) (op, int, int) {
		switch x.name {
		case "URI":
			r.URI = x.value
			return opResource, len(m.Resources), 0
		default:
			r.setKey(x)
		}
		return opKeep, 0, 0
	})
	if err != nil || !ok || r.URI == "" || isInline(r.URI) {
		return err
	}
	if name == tagSessionKey {
		if r.Method == methodNone {
			p.blank(mark)
			return nil
		}
		r.KeyFormat = keyFormat(r.KeyFormat)
	}
	m.Resources = append(m.Resources, r)
	return nil
}

// blank empties the addresses among the edits since mark: those of a key that is none.
func (p *parser) blank(mark int) {
	for i := mark; i < len(p.doc.edits); i++ {
		if e := &p.doc.edits[i]; e.op == opKey || e.op == opResource {
			p.doc.literals = append(p.doc.literals, `""`)
			e.op, e.a = opLiteral, int32(len(p.doc.literals)-1)
		}
	}
}

const (
	methodNone     = "NONE"
	formatIdentity = "identity"
)

func keyFormat(s string) string {
	if s == "" {
		return formatIdentity
	}
	return s
}

func (r *Resource) setKey(x *attribute) {
	switch x.name {
	case "METHOD":
		r.Method = x.value
	case "KEYFORMAT":
		r.KeyFormat = x.value
	case "IV":
		r.HasIV = true
	}
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

// Render appends the playlist to dst with the addresses that n gives. EXT-X-CONTENT-STEERING and EXT-X-DEFINE are left
// out, variables are substituted.
func (m *Multivariant) Render(dst []byte, n MultivariantNaming) []byte {
	return m.RenderOnly(dst, n, nil)
}

// RenderOnly is Render without the renditions that keep says false of; nil keeps all.
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
		case opStray:
			dst = n.Resource(dst, int(e.a))
		}
	}
	leave(int32(len(d.text)))
	return append(dst, d.text[pos:]...)
}
