package m3u

import (
	"bytes"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"gridwall/backend/charset"
	"gridwall/backend/extract"
)

// lines reads line by line into one buffer. A line ends with LF, CR LF, or CR alone.
type lines struct {
	r   io.Reader
	buf []byte
	// buf[at:end] has not been returned yet. newline is the index of the next LF in buf, end if there is none.
	at, end, newline int
	err              error
	// cut is set while the end of a truncated line must still be skipped.
	cut bool
}

func newLines(r io.Reader) *lines { return &lines{r: r, buf: make([]byte, maxLine)} }

// next returns the next line, which is valid until the next call; nil at the end. A line longer than maxLine is truncated, and
// whole is false.
func (l *lines) next() (line []byte, whole bool, err error) {
	for {
		if l.at < l.end {
			if l.newline < l.at {
				l.newline = l.index('\n', l.at)
			}
			stop := l.newline
			if cr := bytes.IndexByte(l.buf[l.at:stop], '\r'); cr >= 0 {
				stop = l.at + cr
			}
			full := stop == l.end && l.at == 0 && l.end == len(l.buf)
			if stop < l.end || l.err != nil || full {
				line = l.buf[l.at:stop]
				l.at = min(stop+1, l.end)
				if l.cut {
					// The rest of a truncated line.
					l.cut = full
					continue
				}
				l.cut = full
				return line, !full, nil
			}
		}
		if l.err != nil {
			if l.err == io.EOF {
				return nil, true, nil
			}
			return nil, false, l.err
		}
		l.fill()
	}
}

// index returns the index of c in the buffer from the position on; l.end if there is none.
func (l *lines) index(c byte, from int) int {
	if n := bytes.IndexByte(l.buf[from:l.end], c); n >= 0 {
		return from + n
	}
	return l.end
}

// fill moves the unread bytes to the front, and reads more after them.
func (l *lines) fill() {
	copy(l.buf, l.buf[l.at:l.end])
	l.end -= l.at
	l.at, l.newline = 0, -1
	n, err := l.r.Read(l.buf[l.end:])
	l.end += n
	l.err = err
}

// readable returns the line in UTF-8, without white space around it. Non-ASCII white space is recognised after decoding.
func (p *parser) readable(line []byte) []byte {
	return extract.TrimBlanks(p.decoded(line))
}

// decoded decodes a line that is not UTF-8 with package charset. Each line is judged by itself, because lists may be joined from
// several; the guess is that for the whole list.
func (p *parser) decoded(line []byte) []byte {
	if validUTF8(line) {
		p.sample.valid(line)
		return line
	}
	guess := p.sample.encoding(line, p.lines)
	letters, strays := charset.Count(line)
	switch {
	case letters > strays, letters > 0 && p.sample.isUTF8():
		return charset.Patch(line, p.declared)
	case p.declared != nil:
		return charset.Text(line, p.declared)
	}
	return charset.Text(line, guess)
}

// maxSample bounds the text from which the encoding of a list is guessed, in bytes.
const maxSample = 16 << 10

// sample collects the lines of a list that are not UTF-8. The longer it is, the more certain is their encoding.
type sample struct {
	text []byte
	// judged is the length of the text on which the guess is based; the guess is repeated when the text has doubled.
	judged int
	guess  encoding.Encoding
	// letters and strays count the evidence for UTF-8 and against it.
	letters, strays int
	// ahead is the number of bytes already counted while reading ahead.
	ahead int
}

// valid counts a line in UTF-8.
func (s *sample) valid(line []byte) {
	if s.counted(line) || isASCII(line) {
		return
	}
	for _, c := range line {
		if c >= 0xc0 { // the first byte of a letter
			s.letters++
		}
	}
}

// counted reports whether a line has been counted during reading ahead.
func (s *sample) counted(line []byte) bool {
	if s.ahead <= 0 {
		return false
	}
	s.ahead -= len(line) + 1
	return true
}

// isUTF8 reports whether the list as a whole is UTF-8, and has damaged bytes.
func (s *sample) isUTF8() bool { return s.letters > s.strays }

// encoding returns the encoding of the lines so far, including line. The first time, text that has been read ahead counts as
// well, so that the first titles are decoded like the last ones.
func (s *sample) encoding(line []byte, ahead *lines) encoding.Encoding {
	if s.judged == 0 {
		unread := ahead.unread()
		s.ahead = len(unread)
		line = append(append(bytes.Clone(line), '\n'), unread...)
		for next := range bytes.FieldsFuncSeq(line, func(r rune) bool { return r == '\n' || r == '\r' }) {
			s.add(next)
		}
	} else if !s.counted(line) {
		s.add(line)
	}
	if s.judged == 0 || len(s.text) >= 2*s.judged {
		if s.guess, s.judged = charset.Guess(s.text), len(s.text); s.guess == nil {
			s.guess = charmap.Windows1252
		}
	}
	return s.guess
}

func (s *sample) add(line []byte) {
	letters, strays := charset.Count(line)
	s.letters, s.strays = s.letters+letters, s.strays+strays
	if strays == 0 || len(s.text) >= maxSample {
		return
	}
	s.text = append(append(s.text, line...), '\n')
}

// unread returns the text in the buffer after the last returned line. It reads as much as fits without moving that line.
func (l *lines) unread() []byte {
	for l.err == nil && l.end < len(l.buf) {
		n, err := l.r.Read(l.buf[l.end:])
		if l.newline == l.end { // there was no LF up to here
			l.newline = -1
		}
		l.end += n
		l.err = err
	}
	return l.buf[l.at:l.end]
}
