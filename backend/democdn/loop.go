package democdn

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

const (
	// segmentTime is the duration of a media segment. Audio segments are up to half an AAC frame longer or shorter.
	segmentTime = 2 * time.Second
	// parts is the number of segments in a loop.
	parts = 30
	// epoch is the origin of decode times, in Unix seconds: 2025-01-01, a whole number of loops. A recent origin keeps them small
	// enough for players that count in 32-bit seconds or in floats.
	epoch = 1735689600
)

// loop is one rendition of one feed: 60 s of fragmented MP4.
type loop struct {
	file      io.ReaderAt
	init      []byte
	codecs    string
	timescale uint32
	// width and height are 0 for audio.
	width, height int
	parts         [parts]part
	// ticks is the length of the loop in units of the timescale.
	ticks uint64
	// peak and average are bit/s.
	peak, average int
}

// part is one fragment of the loop.
type part struct {
	moof []byte
	// number and decode are the offsets in moof of the fragment's number (mfhd, 32 bits) and decode time (tfdt, 64 bits).
	number, decode int
	// begins is its start in the loop, ticks its length, in units of the timescale.
	begins, ticks uint64
	// data is the range of its mdat in the file.
	data box
}

// openLoop reads the structure of a loop of size bytes; the media data are not copied.
func openLoop(file io.ReaderAt, size int64) (*loop, error) {
	l := &loop{file: file}
	top, err := children(file, 0, size)
	if err != nil {
		return nil, err
	}
	if len(top) != 2+2*parts || top[0].kind != "ftyp" || top[1].kind != "moov" {
		return nil, fmt.Errorf("%w: it must hold ftyp, moov and %d fragments", ErrMedia, parts)
	}
	if l.init, err = read(file, 0, top[1].end); err != nil {
		return nil, err
	}
	if err := l.describe(top[1]); err != nil {
		return nil, err
	}
	for i := range l.parts {
		moof, mdat := top[2+2*i], top[3+2*i]
		if moof.kind != "moof" || mdat.kind != "mdat" {
			return nil, fmt.Errorf("%w: fragment %d is %s and %s", ErrMedia, i, moof.kind, mdat.kind)
		}
		p, err := openPart(file, moof)
		if err != nil {
			return nil, fmt.Errorf("fragment %d: %w", i, err)
		}
		if p.begins != l.ticks || p.ticks == 0 {
			return nil, fmt.Errorf("%w: fragment %d begins at %d, want %d", ErrMedia, i, p.begins, l.ticks)
		}
		p.data = mdat
		l.parts[i] = p
		l.ticks += p.ticks
	}
	if l.ticks != uint64(l.timescale)*uint64(parts*segmentTime/time.Second) {
		return nil, fmt.Errorf("%w: the loop is not exactly 60 s long", ErrMedia)
	}
	l.rates()
	return l, nil
}

// describe reads timescale, codec and picture size from the moov.
func (l *loop) describe(moov box) error {
	mdhd, err := inside(l.file, moov.body, moov.end, "trak", "mdia", "mdhd")
	if err != nil {
		return err
	}
	head, err := read(l.file, mdhd.body, mdhd.end)
	if err != nil {
		return err
	}
	// Version 0 has 32-bit times, version 1 64-bit ones, before the timescale.
	at := 12
	if len(head) > 0 && head[0] == 1 {
		at = 20
	}
	if len(head) < at+4 {
		return fmt.Errorf("%w: short mdhd", ErrMedia)
	}
	if l.timescale = binary.BigEndian.Uint32(head[at:]); l.timescale == 0 {
		return fmt.Errorf("%w: timescale 0", ErrMedia)
	}
	stsd := []string{"trak", "mdia", "minf", "stbl", "stsd"}
	if _, err := inside(l.file, moov.body, moov.end, append(stsd, "mp4a")...); err == nil {
		l.codecs = "mp4a.40.2" // AAC-LC is what build/demo-media makes
		return nil
	}
	entry, err := inside(l.file, moov.body, moov.end, append(stsd, "avc1")...)
	if err != nil {
		return err
	}
	config, err := inside(l.file, moov.body, moov.end, append(stsd, "avc1", "avcC")...)
	if err != nil {
		return err
	}
	picture, err := read(l.file, entry.body, entry.body+visualEntry)
	if err != nil {
		return err
	}
	avc, err := read(l.file, config.body, config.end)
	if err != nil {
		return err
	}
	if len(avc) < 4 {
		return fmt.Errorf("%w: short avcC", ErrMedia)
	}
	l.width, l.height = int(binary.BigEndian.Uint16(picture[24:])), int(binary.BigEndian.Uint16(picture[26:]))
	l.codecs = fmt.Sprintf("avc1.%02x%02x%02x", avc[1], avc[2], avc[3]) // RFC 6381 section 3.3
	return nil
}

// openPart reads one moof and finds the fields to be patched.
func openPart(file io.ReaderAt, moof box) (part, error) {
	var p part
	raw, err := read(file, moof.start, moof.end)
	if err != nil {
		return p, err
	}
	p.moof = raw
	find := func(least int64, path ...string) ([]byte, int, error) {
		b, err := inside(file, moof.body, moof.end, path...)
		if err != nil {
			return nil, 0, err
		}
		if b.end-b.body < least {
			return nil, 0, fmt.Errorf("%w: short %s", ErrMedia, b.kind)
		}
		return raw[b.body-moof.start : b.end-moof.start], int(b.body - moof.start), nil
	}
	_, number, err := find(8, "mfhd")
	if err != nil {
		return p, err
	}
	tfdt, decode, err := find(12, "traf", "tfdt")
	if err != nil {
		return p, err
	}
	tfhd, _, err := find(16, "traf", "tfhd")
	if err != nil {
		return p, err
	}
	trun, _, err := find(8, "traf", "trun")
	if err != nil {
		return p, err
	}
	const flags, defaultDuration, ownDurations = 0xffffff, 0x020028, 0x000100
	if tfdt[0] != 1 || binary.BigEndian.Uint32(tfhd)&flags != defaultDuration || binary.BigEndian.Uint32(trun)&ownDurations != 0 {
		return p, fmt.Errorf("%w: a fragment in another form", ErrMedia)
	}
	p.number, p.decode = number+4, decode+4
	p.begins = binary.BigEndian.Uint64(tfdt[4:])
	p.ticks = uint64(binary.BigEndian.Uint32(tfhd[8:])) * uint64(binary.BigEndian.Uint32(trun[4:]))
	return p, nil
}

// rates computes the bit rates of the loop's segments, for BANDWIDTH and AVERAGE-BANDWIDTH (RFC 8216 section 4.3.4.2).
func (l *loop) rates() {
	var sum int64
	for i := range l.parts {
		p := &l.parts[i]
		size := p.size()
		sum += size
		l.peak = max(l.peak, int(float64(size*8)*float64(l.timescale)/float64(p.ticks)))
	}
	l.average = int(sum * 8 * int64(l.timescale) / int64(l.ticks))
}

func (p *part) size() int64 { return int64(len(p.moof)) + p.data.end - p.data.start }

// decodeTime returns the start of segment n, in units of the timescale since the epoch.
func (l *loop) decodeTime(n int64) uint64 {
	if n >= epoch/2 {
		n -= epoch / 2
	}
	return uint64(n/parts)*l.ticks + l.parts[n%parts].begins
}

// starts returns the program date time of segment n. Video starts on the even second, audio at the start of an AAC frame.
func (l *loop) starts(n int64) time.Time {
	within := time.Duration(l.parts[n%parts].begins) * time.Second / time.Duration(l.timescale)
	return time.Unix(n/parts*parts*int64(segmentTime/time.Second), 0).UTC().Add(within)
}

// lasts returns the duration of segment n.
func (l *loop) lasts(n int64) time.Duration {
	return time.Duration(l.parts[n%parts].ticks) * time.Second / time.Duration(l.timescale)
}

// segment returns media segment n. Only its moof is copied (some hundred bytes); the media data are read in place.
func (l *loop) segment(n int64) *segment {
	p := &l.parts[n%parts]
	head := append([]byte(nil), p.moof...)
	binary.BigEndian.PutUint32(head[p.number:], uint32(n))
	binary.BigEndian.PutUint64(head[p.decode:], l.decodeTime(n))
	return &segment{head: head, tail: l.file, from: p.data.start, size: p.size()}
}

// segment reads a patched head and then the following bytes of the loop's file.
type segment struct {
	head     []byte
	tail     io.ReaderAt
	from     int64 // of the tail in its file
	size, at int64
}

func (s *segment) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	var n int
	var err error
	if in := s.at - int64(len(s.head)); in < 0 {
		n = copy(p, s.head[s.at:])
	} else {
		n, err = s.tail.ReadAt(p[:min(int64(len(p)), s.size-s.at)], s.from+in)
		if err == io.EOF && n > 0 {
			err = nil
		}
	}
	s.at += int64(n)
	return n, err
}

func (s *segment) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d", offset)
	}
	s.at = offset
	return offset, nil
}
