package democdn

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrMedia is returned for an embedded file that build/demo-media did not write.
var ErrMedia = errors.New("not a loop made by build/demo-media")

const (
	// maxBoxes bounds the boxes of one level: a loop has two, and two a fragment.
	maxBoxes = 1024
	// maxHeader bounds what is read of one moov or moof into memory, in bytes.
	maxHeader = 64 << 10
)

// box is one box of ISO/IEC 14496-12: where it starts, where its content starts, where it ends.
type box struct {
	kind             string
	start, body, end int64
}

// children lists the boxes that lie in r from byte from to byte to.
func children(r io.ReaderAt, from, to int64) ([]box, error) {
	var out []box
	for at := from; at < to; {
		if len(out) == maxBoxes {
			return nil, fmt.Errorf("%w: more than %d boxes in a row", ErrMedia, maxBoxes)
		}
		var head [8]byte
		if _, err := r.ReadAt(head[:], at); err != nil {
			return nil, fmt.Errorf("%w: box at byte %d: %w", ErrMedia, at, err)
		}
		size := int64(binary.BigEndian.Uint32(head[:]))
		if size < 8 || size > to-at {
			return nil, fmt.Errorf("%w: box at byte %d has an impossible size of %d", ErrMedia, at, size)
		}
		out = append(out, box{string(head[4:]), at, at + 8, at + size})
		at += size
	}
	return out, nil
}

// inside follows a path of kinds from the boxes of r[from:to] downwards. It skips the header of sample descriptions before their
// children.
func inside(r io.ReaderAt, from, to int64, path ...string) (box, error) {
	var found box
	for _, kind := range path {
		list, err := children(r, from, to)
		if err != nil {
			return box{}, err
		}
		ok := false
		for _, b := range list {
			if b.kind == kind {
				found, ok = b, true
				break
			}
		}
		if !ok {
			return box{}, fmt.Errorf("%w: no %s", ErrMedia, kind)
		}
		from, to = found.body, found.end
		switch kind {
		case "stsd":
			from += 8 // version, flags, entry count
		case "avc1":
			from += visualEntry
		}
	}
	return found, nil
}

// visualEntry is the length of a VisualSampleEntry before its children, in bytes.
const visualEntry = 78

// read copies the bytes of r from from to to.
func read(r io.ReaderAt, from, to int64) ([]byte, error) {
	if to-from > maxHeader || to < from {
		return nil, fmt.Errorf("%w: a header of %d bytes", ErrMedia, to-from)
	}
	out := make([]byte, to-from)
	if _, err := r.ReadAt(out, from); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMedia, err)
	}
	return out, nil
}
