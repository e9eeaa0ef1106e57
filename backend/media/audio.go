package media

// audio detects packed audio (RFC 8216, 3.4): frames, mostly after an ID3 tag with their time stamp.
func audio(head []byte, end bool) (Kind, answer) {
	rest, a := behindID3(head)
	tagged := a == yes
	switch {
	case a == maybe:
		return ID3, maybe
	case tagged && rest < 0:
		return ID3, yes
	case tagged:
		head = head[min(rest, len(head)):]
	}
	open := no
	for _, f := range [...]struct {
		kind Kind
		is   func([]byte) (size int, a answer)
	}{{ADTS, adtsFrame}, {MP3, mp3Frame}, {AC3, ac3Frame}, {EAC3, eac3Frame}, {FLAC, flacFrame}} {
		switch frames(head, f.is, end) {
		case yes:
			return f.kind, yes
		case maybe:
			open = maybe
		}
	}
	switch {
	case !tagged:
		return ID3, open
	case open == maybe && !end:
		return ID3, maybe
	}
	return ID3, yes
}

// behindID3 returns the index after an ID3 tag; -1 if it ends beyond head.
func behindID3(head []byte) (rest int, a answer) {
	const header = 10
	if a := prefix(head, "ID3"); a != yes {
		return 0, a
	}
	if len(head) < header {
		return 0, maybe
	}
	if head[3] == 0xff || head[4] == 0xff || (head[6]|head[7]|head[8]|head[9])&0x80 != 0 {
		return 0, no
	}
	rest = header + int(head[6])<<21 + int(head[7])<<14 + int(head[8])<<7 + int(head[9])
	if head[5]&0x10 != 0 {
		rest += header // a footer
	}
	if rest > HeadLen-frameHeader {
		return -1, yes
	}
	return rest, yes
}

// frameHeader is the length of the longest frame header, in bytes.
const frameHeader = 8

// frames reports whether head starts with a frame, followed by another one if head is long enough.
func frames(head []byte, is func([]byte) (int, answer), end bool) answer {
	size, a := is(head)
	if a != yes || size == 0 {
		return a
	}
	if size > HeadLen-frameHeader {
		return yes
	}
	if size >= len(head) {
		if end {
			return yes
		}
		return maybe
	}
	if _, a = is(head[size:]); a == maybe && end {
		return yes
	}
	return a
}

// adtsFrame reads an ADTS header (ISO/IEC 14496-3, 1.A.2.2).
func adtsFrame(b []byte) (size int, a answer) {
	switch {
	case len(b) > 0 && b[0] != 0xff, len(b) > 1 && b[1]&0xf6 != 0xf0, len(b) > 2 && b[2]>>2&0xf > 12:
		return 0, no
	case len(b) < 6:
		return 0, maybe
	}
	size = int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5
	if size < 7 {
		return 0, no
	}
	return size, yes
}

// Bit rates in kbit/s and sample rates in Hz of MPEG audio (ISO/IEC 11172-3 and 13818-3), layers II and III.
var (
	mp3Rates = [3][16]int{
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},  // MPEG-1, layer III
		{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}, // MPEG-1, layer II
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},      // MPEG-2 and 2.5
	}
	mp3Samples = [4][3]int{{11025, 12000, 8000}, {}, {22050, 24000, 16000}, {44100, 48000, 32000}}
)

// mp3Frame reads an MPEG audio header of layer II or III. Layer I is not used in HLS, and looks like a UTF-16 byte order mark.
func mp3Frame(b []byte) (size int, a answer) {
	switch {
	case len(b) > 0 && b[0] != 0xff, len(b) > 1 && b[1]&0xe0 != 0xe0:
		return 0, no
	case len(b) < 4:
		return 0, maybe
	}
	version, layer, rate, sample, pad := b[1]>>3&3, b[1]>>1&3, b[2]>>4, b[2]>>2&3, int(b[2]>>1&1)
	if version == 1 || layer == 0 || layer == 3 || rate == 0 || rate == 15 || sample == 3 {
		return 0, no
	}
	table, samples := 2, 144
	if version == 3 {
		table = int(layer) - 1
	} else if layer == 1 {
		samples = 72
	}
	return samples*1000*mp3Rates[table][rate]/mp3Samples[version][sample] + pad, yes
}

// ac3Frame and eac3Frame are distinguished by the bit stream identification (ATSC A/52). Frame sizes are not checked.
func ac3Frame(b []byte) (int, answer)  { return dolby(b, 0, 10) }
func eac3Frame(b []byte) (int, answer) { return dolby(b, 11, 16) }

func dolby(b []byte, low, high byte) (int, answer) {
	if a := prefix(b, "\x0b\x77"); a != yes {
		return 0, a
	}
	if len(b) < 6 {
		return 0, maybe
	}
	if id := b[5] >> 3; id < low || id > high {
		return 0, no
	}
	return 0, yes
}

func flacFrame(b []byte) (int, answer) { return 0, prefix(b, "fLaC") }
