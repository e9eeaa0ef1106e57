package media

import "bytes"

// HeadLen is how many bytes of an answer are looked at, at most. Error pages and sentences end before it or show what
// they are; so does media.
const HeadLen = 4096

// answer is what a detector says of a beginning.
type answer int

const (
	no    answer = iota
	maybe        // more bytes are needed
	yes
)

// detector looks for one family of kinds. yes and no must hold for every longer beginning; at the end of what there is,
// maybe means no.
type detector func(head []byte, end bool) (Kind, answer)

var detectors = []detector{empty, playlist, transport, boxes, audio, container, picture, subtitles, markup, prose}

// Look reports what an answer is that begins with head; whole says that nothing follows. sure is false where more bytes are
// needed to tell; it is true whenever whole is, or head has HeadLen bytes.
func Look(head []byte, whole bool) (k Kind, sure bool) {
	end := whole
	if len(head) >= HeadLen { // a text of just this length counts as one that goes on
		head, end, whole = head[:HeadLen], true, false
	}
	for _, d := range detectors {
		k, a := d(head, end)
		switch {
		case a == yes:
			if k == Text && !whole {
				k = LongText
			}
			return k, true
		case a == maybe && !end:
			return Unknown, false
		}
	}
	return Unknown, true
}

// Binary reports whether head holds bytes that do not occur in text: it is neither a sentence nor a page.
func Binary(head []byte) bool {
	if bytes.HasPrefix(head, utf16LE) || bytes.HasPrefix(head, utf16BE) {
		return false
	}
	return bytes.IndexFunc(head, control) >= 0
}

var (
	bom     = []byte("\xef\xbb\xbf")
	utf16LE = []byte("\xff\xfe")
	utf16BE = []byte("\xfe\xff")
)

const blanks = " \t\r\n\v\f"

// bare returns head without byte order marks and white space before it. A mark can be cut.
func bare(head []byte) []byte {
	head = bytes.TrimLeft(head, blanks+"\ufeff")
	if len(head) < len(bom) && bytes.HasPrefix(bom, head) {
		return nil
	}
	return head
}

// control reports whether r stands in no text.
func control(r rune) bool {
	return r < ' ' && r != '\t' && r != '\r' && r != '\n' && r != '\f' && r != '\v'
}

func empty(head []byte, end bool) (Kind, answer) {
	switch {
	case len(bare(head)) > 0:
		return Empty, no
	case end:
		return Empty, yes
	}
	return Empty, maybe
}

// prefix compares the beginning of b, which may be cut, with what must stand there.
func prefix(b []byte, want string) answer {
	switch {
	case len(b) >= len(want) && string(b[:len(want)]) == want:
		return yes
	case len(b) < len(want) && want[:len(b)] == string(b):
		return maybe
	}
	return no
}

// container recognises files that HLS does not carry, to name them in errors.
func container(head []byte, _ bool) (Kind, answer) {
	open := no
	for _, f := range [...]struct {
		magic string
		kind  Kind
	}{
		{"FLV\x01", FLV}, {"\x1a\x45\xdf\xa3", Matroska}, {"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ASF}, {"OggS", Ogg},
		{"\x00\x00\x01\xba", PS}, {"\x1f\x8b\x08", Gzip},
	} {
		switch prefix(head, f.magic) {
		case yes:
			return f.kind, yes
		case maybe:
			open = maybe
		}
	}
	if a := prefix(head, "RIFF"); a == yes && len(head) >= 12 {
		if string(head[8:12]) == "WAVE" {
			return WAV, yes
		}
	} else if a != no {
		open = maybe
	}
	return Unknown, open
}
