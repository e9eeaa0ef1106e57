package media

import "bytes"

// HeadLen bounds the examined bytes of an answer. Media, error pages and sentences are recognisable within it.
const HeadLen = 4096

// answer is the result of a detector.
type answer int

const (
	no    answer = iota
	maybe        // more bytes are needed
	yes
)

// detector recognises one family of kinds. yes and no must hold for every longer beginning; at the end of the answer, maybe
// means no.
type detector func(head []byte, end bool) (Kind, answer)

var detectors = []detector{empty, playlist, transport, boxes, audio, container, picture, subtitles, markup, prose}

// Look returns the kind of an answer that starts with head; whole is set if that is all of it. sure is false if more bytes are
// needed; it is true whenever whole is set, or head has HeadLen bytes.
func Look(head []byte, whole bool) (k Kind, sure bool) {
	end := whole
	if len(head) >= HeadLen { // a text of just this length counts as a longer one
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

// Binary reports whether head contains bytes that do not occur in text, and so is neither a sentence nor a page.
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

// bare returns head without leading byte order marks and white space. A mark can be incomplete.
func bare(head []byte) []byte {
	head = bytes.TrimLeft(head, blanks+"\ufeff")
	if len(head) < len(bom) && bytes.HasPrefix(bom, head) {
		return nil
	}
	return head
}

// control reports whether r does not occur in text.
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

// prefix compares the start of b, which may be incomplete, with the expected text.
func prefix(b []byte, want string) answer {
	switch {
	case len(b) >= len(want) && string(b[:len(want)]) == want:
		return yes
	case len(b) < len(want) && want[:len(b)] == string(b):
		return maybe
	}
	return no
}

// container recognises files that HLS does not use, to name them in errors.
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
