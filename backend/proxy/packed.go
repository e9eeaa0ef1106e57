package proxy

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	judge "gridwall/backend/media"
)

// Some servers keep their files packed with gzip and do not say so. A player cannot read them: they are unpacked.

// errPacked is the word of examine that the object is such a file. It is asked for once more, whole.
var errPacked = errors.New("the answer is gzip, and its header does not say so")

const (
	// packedCover in place of the length of a picture before the object's bytes says that these are packed.
	packedCover = -1
	// packedProof is how much of an object is unpacked to see that it is packed: an encrypted segment can begin as gzip does.
	packedProof = 256
)

// packed reports whether the object that begins with head is gzip. all is head with what was read on to see that.
func (b *body) packed(head []byte) (all []byte, packed bool, err error) {
	if missing := packedProof - len(head); missing > 0 {
		rest, err := io.ReadAll(io.LimitReader(b, int64(missing)))
		head = append(head, rest...)
		if err != nil {
			return head, false, err
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return head, false, nil
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, judge.HeadLen))
	return head, n > 0 && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)), nil
}

// unpacked is what a short gzip file holds; not ok where text is none.
func unpacked(text []byte) (plain []byte, ok bool) {
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, false
	}
	plain, err = io.ReadAll(io.LimitReader(z, judge.MaxKey))
	return plain, err == nil
}
