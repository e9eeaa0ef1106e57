package m3u

import "bytes"

// info is what an #EXTINF line says of the entry that follows. Its buffers are used again for the next.
type info struct {
	title, group []byte
	// logo is the address of a picture.
	logo []byte
	// tvgName and tvgID name an entry without a title.
	tvgName, tvgID []byte
}

func (i *info) reset() {
	i.title, i.group, i.logo, i.tvgName, i.tvgID = i.title[:0], i.group[:0], i.logo[:0], i.tvgName[:0], i.tvgID[:0]
}

// name is the entry's title, or what comes nearest.
func (i *info) name() []byte {
	switch {
	case len(i.title) > 0:
		return i.title
	case len(i.tvgName) > 0:
		return i.tvgName
	}
	return i.tvgID
}

// read takes what follows "#EXTINF:": a duration, attributes name="value", a comma, the title. A comma inside quotes
// belongs to the value, and one inside the title to the title.
func (i *info) read(rest []byte) {
	i.title, i.logo, i.tvgName, i.tvgID = i.title[:0], i.logo[:0], i.tvgName[:0], i.tvgID[:0]
	comma := titleComma(rest)
	if comma < 0 {
		comma = len(rest)
	} else {
		i.title = append(i.title, bytes.TrimSpace(rest[comma+1:])...)
	}
	for attrs := rest[:comma]; ; {
		eq := bytes.IndexByte(attrs, '=')
		if eq < 0 {
			return
		}
		name := attrs[bytes.LastIndexAny(attrs[:eq], " \t")+1 : eq]
		var value []byte
		value, attrs = attrValue(attrs[eq+1:])
		switch {
		case equalFold(name, "group-title"):
			i.group = append(i.group[:0], value...)
		case equalFold(name, "tvg-logo"):
			i.logo = append(i.logo, value...)
		case equalFold(name, "tvg-name"):
			i.tvgName = append(i.tvgName, value...)
		case equalFold(name, "tvg-id"):
			i.tvgID = append(i.tvgID, value...)
		}
	}
}

// titleComma is where the title's comma stands: the first outside of quotes. Where the quotes do not pair up it is the
// last, which leaves the most for the attributes.
func titleComma(rest []byte) int {
	quoted := false
	for n, c := range rest {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return n
		}
	}
	return bytes.LastIndexByte(rest, ',')
}

// attrValue takes the value at the start of b, and returns what follows it.
func attrValue(b []byte) (value, rest []byte) {
	if len(b) > 0 && b[0] == '"' {
		if end := bytes.IndexByte(b[1:], '"'); end >= 0 {
			return b[1 : 1+end], b[end+2:]
		}
		return b[1:], nil
	}
	if end := bytes.IndexAny(b, " \t"); end >= 0 {
		return b[:end], b[end:]
	}
	return b, nil
}

// cutTag is bytes.CutPrefix without regard to case.
func cutTag(line []byte, tag string) ([]byte, bool) {
	if len(line) < len(tag) || !equalFold(line[:len(tag)], tag) {
		return nil, false
	}
	return line[len(tag):], true
}

// equalFold compares ASCII without regard to case, and without an allocation.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for n := range b {
		if lower(b[n]) != lower(s[n]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
