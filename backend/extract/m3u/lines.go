package m3u

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines reads line by line into one buffer.
type lines struct {
	r     *bufio.Reader
	begun bool
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, maxLine)} }

// next returns the next line, which is good until the call after; nil at the end. A line that is longer than maxLine
// is cut there, and whole is false.
func (l *lines) next() (line []byte, whole bool, err error) {
	line, err = l.r.ReadSlice('\n')
	whole = true
	if errors.Is(err, bufio.ErrBufferFull) {
		// The rest would overwrite the buffer.
		line, whole = bytes.Clone(line), false
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.r.ReadSlice('\n')
		}
	}
	if err == io.EOF {
		if len(line) == 0 {
			return nil, true, nil
		}
		err = nil
	}
	if err != nil {
		return nil, false, err
	}
	if !l.begun {
		l.begun = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line, whole, nil
}
