package m3u

import (
	"bytes"
	"io"

	"gridwall/backend/charset"
)

// lines reads line by line into one buffer. A line ends with LF, CR LF, or CR alone.
type lines struct {
	r   io.Reader
	buf []byte
	// buf[at:end] has not been returned yet. newline is where the next LF stands in buf, end where there is none.
	at, end, newline int
	err              error
	// cut reports whether the end of a line that was too long is still to be skipped.
	cut bool
}

func newLines(r io.Reader) *lines { return &lines{r: r, buf: make([]byte, maxLine)} }

// next returns the next line, which is valid until the next call; nil at the end. A line that is longer than maxLine
// is cut there, and whole is false.
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
					// The rest of a line whose beginning was returned.
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

// index is where c stands in the buffer from the position on; l.end where it does not.
func (l *lines) index(c byte, from int) int {
	if n := bytes.IndexByte(l.buf[from:l.end], c); n >= 0 {
		return from + n
	}
	return l.end
}

// fill moves what is left to the front, and reads more behind it.
func (l *lines) fill() {
	copy(l.buf, l.buf[l.at:l.end])
	l.end -= l.at
	l.at, l.newline = 0, -1
	n, err := l.r.Read(l.buf[l.end:])
	l.end += n
	l.err = err
}

// readable is the line in UTF-8 and without blanks around it, and without the byte order marks that stay inside where
// files were joined.
func (p *parser) readable(line []byte) []byte {
	for {
		line = bytes.TrimSpace(line)
		rest := bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		if len(rest) == len(line) {
			break
		}
		line = rest
	}
	return p.decoded(line)
}

// decoded reads a line that is not UTF-8 as package charset decides. Each line is judged by itself, for lists are joined from
// several; the charset is the list's.
func (p *parser) decoded(line []byte) []byte {
	if validUTF8(line) {
		return line
	}
	if p.charset == nil {
		p.charset = charset.OfType(p.contentType)
	}
	return charset.Text(line, p.charset)
}
