package hls

import (
	"math"
	"slices"
	"sort"
)

// keyLine is one EXT-X-KEY line, whether or not its key is fetched.
type keyLine struct {
	from, end int32
	edits     []edit
	// segment is the first segment that it applies to, until the first one that it no longer applies to.
	segment, until int
	// format is the index of its KEYFORMAT; index is its own in Media.Keys, or -1 if it is not fetched.
	format, index int
	none          bool
	// implicit is true if the IV is the media sequence number of the segment (RFC 8216bis, section 5.2).
	implicit bool
	// inForce lists the lines in force behind it: mediaLines.inForce[first:last].
	first, last int32
}

const (
	methodNone     = "NONE"
	formatIdentity = "identity"
	// maxRepeated is the length, in bytes, up to which a key line is repeated unchanged before each segment; a longer
	// one is shortened to the attributes that a player needs.
	maxRepeated = 1_024
	// maxKeyLine bounds a key line, in bytes. PlayReady headers, the longest data: URIs in use, have some 10 KB.
	maxKeyLine = 64 << 10
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

func (p *mediaParser) key(l line, at int) error {
	if len(p.lines.keys) == MaxKeys {
		return atLine(p.number, "EXT-X-KEY", ErrTooLarge)
	}
	if l.end-l.from > maxKeyLine {
		p.fault(tagKey, "is too long: it is left out")
		p.doc.drop(l)
		return nil
	}
	r := Resource{Tag: "EXT-X-KEY", From: len(p.m.Segments), Range: wholeRange}
	err := p.walk(l, at, func(x *attribute) (op, int, int) {
		if x.name == "URI" {
			r.URI = x.value
			return opKey, len(p.m.Keys), 0
		}
		r.setKey(x)
		return opKeep, 0, 0
	})
	if err != nil {
		return err
	}
	r.KeyFormat = keyFormat(r.KeyFormat)
	format := slices.Index(p.formats, r.KeyFormat)
	if format < 0 {
		if len(p.formats) == MaxFormats {
			p.fault(tagKey, "stands there in too many formats: the rest is left out")
			p.doc.drop(l)
			return nil
		}
		format = len(p.formats)
		p.formats = append(p.formats, r.KeyFormat)
	}
	fetched := r.URI != "" && !isInline(r.URI)
	none := r.Method == methodNone
	if none && fetched {
		p.blank(p.mark)
		fetched = false
	}
	k := keyLine{from: int32(l.from), end: int32(l.end), segment: r.From, format: format, index: -1, none: none}
	if fetched {
		k.index = len(p.m.Keys)
		p.m.Keys = append(p.m.Keys, r)
	}
	p.unrecognised(l, p.mark) // before the edits are copied
	if k.implicit = !r.HasIV && r.KeyFormat == formatIdentity && impliesIV(r.Method); k.implicit {
		// A copy: the line is rendered again for each segment.
		for _, e := range p.doc.edits[p.mark:] {
			if int(e.start) < l.end { // not the blanks behind it
				k.edits = append(k.edits, e)
			}
		}
		if l.end-l.from > maxRepeated {
			k.edits = p.shortKey(l, &r, k.index)
		}
	}
	p.replaceKeys(&k)
	p.lines.keys = append(p.lines.keys, k)
	return nil
}

// shortKey returns the edits that keep only the attributes of a key line that a player needs.
func (p *mediaParser) shortKey(l line, r *Resource, index int) []edit {
	p.doc.literals = append(p.doc.literals, tagKey+":METHOD="+r.Method+",URI=")
	e := edit{start: int32(l.from), end: int32(l.end), a: int32(len(p.doc.literals) - 1), op: opLiteral}
	if index < 0 {
		uri := r.URI // a data: URI, which is short for 16 bytes
		if len(uri) > maxRepeated {
			uri = ""
		}
		p.doc.literals[e.a] += `"` + uri + `"`
		return []edit{e}
	}
	return []edit{e, {start: int32(l.end), end: int32(l.end), a: int32(index), op: opKey}}
}

// replaceKeys records which lines are in force behind k: a key applies until the next one with the same KEYFORMAT (RFC
// 8216bis, section 4.4.4.4); METHOD=NONE ends all of them. A key that is replaced before any segment applies to init
// sections alone.
func (p *mediaParser) replaceKeys(k *keyLine) {
	n := len(p.lines.keys)
	if !k.none {
		for i := n - 1; i >= 0 && p.lines.keys[i].segment == k.segment; i-- {
			if before := &p.lines.keys[i]; before.format == k.format && !before.none {
				if before.index >= 0 && (k.index < 0 || p.m.Keys[before.index].URI != p.m.Keys[k.index].URI) {
					p.m.Keys[before.index].ForMap = true
				}
				break
			}
			if n-i > 2*MaxFormats {
				break // more keys than any playlist has
			}
		}
	}
	if k.none {
		p.newest = p.newest[:0]
	} else {
		p.newest = slices.DeleteFunc(p.newest, func(i int32) bool { return p.lines.keys[i].format == k.format })
		p.newest = append(p.newest, int32(n))
	}
	k.first = int32(len(p.lines.inForce))
	p.lines.inForce = append(p.lines.inForce, p.newest...)
	k.last = int32(len(p.lines.inForce))
}

// blank removes the addresses among the edits since mark: those of a key with METHOD=NONE.
func (p *parser) blank(mark int) {
	for i := mark; i < len(p.doc.edits); i++ {
		if e := &p.doc.edits[i]; e.op == opKey || e.op == opResource {
			p.doc.literals = append(p.doc.literals, `""`)
			e.op, e.a = opLiteral, int32(len(p.doc.literals)-1)
		}
	}
}

// impliesIV reports whether a method without IV uses the media sequence number. The others take the IV from elsewhere.
func impliesIV(method string) bool {
	switch method {
	case "AES-128", "SAMPLE-AES", "AES-256", "AES-256-CTR":
		return true
	}
	return false
}

// governed sets until which segment each key applies: to the next one of its format, or to METHOD=NONE.
func governed(keys []keyLine) {
	var next [MaxFormats]int
	for i := range next {
		next[i] = math.MaxInt
	}
	for i := len(keys) - 1; i >= 0; i-- {
		k := &keys[i]
		k.until = next[k.format]
		if !k.none {
			next[k.format] = k.segment
			continue
		}
		for f := range next {
			next[f] = k.segment
		}
	}
}

// inForce returns the lines of the keys that are in force behind the first n key lines.
func (m *Media) inForce(n int) []int32 {
	if n == 0 {
		return nil
	}
	k := &m.lines.keys[n-1]
	return m.lines.inForce[k.first:k.last]
}

// keysOf returns the lines of the keys that apply to segment i.
func (m *Media) keysOf(i int) []int32 {
	return m.inForce(sort.Search(len(m.lines.keys), func(k int) bool { return m.lines.keys[k].segment > i }))
}

// mapOf returns the line of the init section of segment i, or nil.
func (m *Media) mapOf(i int) *mapLine {
	k := sort.Search(len(m.lines.maps), func(k int) bool { return m.lines.maps[k].segment > i })
	if k == 0 {
		return nil
	}
	return &m.lines.maps[k-1]
}

// Encrypted reports whether a key applies to segment i, whether or not it is fetched.
func (m *Media) Encrypted(i int) bool { return len(m.keysOf(i)) > 0 }

// Governing returns what a player must have to play segment i: the indexes of the Keys that apply to it and to its init
// section, and of its Maps. An EXT-X-KEY applies until the next one with the same KEYFORMAT (RFC 8216bis, section
// 4.4.4.4).
func (m *Media) Governing(i int) (keys, maps []int) {
	add := func(lines []int32) {
		for _, k := range lines {
			if index := m.lines.keys[k].index; index >= 0 && !slices.Contains(keys, index) {
				keys = append(keys, index)
			}
		}
	}
	add(m.keysOf(i))
	if l := m.mapOf(i); l != nil {
		add(m.inForce(l.keys))
		if l.index >= 0 {
			maps = append(maps, l.index)
		}
	}
	return keys, maps
}
