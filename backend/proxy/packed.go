package proxy

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	judge "gridwall/backend/media"
)

// Some servers store their files as gzip and send them without a Content-Encoding header. Players cannot read them, so they are decompressed.

// errPacked is returned by examine for such a file, which is then requested again, whole.
var errPacked = errors.New("the answer is gzip, and its header does not say so")

const (
	// packedCover marks the object as gzip; other values are the length of the picture in front of the object's bytes.
	packedCover = -1
	// packedProof is how many bytes are decompressed to be sure, because an encrypted segment can begin like gzip.
	packedProof = 256
)

// packed reports whether the object that begins with head is gzip. all is head plus what was read to find out.
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

// unpacked decompresses a short gzip file; ok is false if text is not gzip.
func unpacked(text []byte) (plain []byte, ok bool) {
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, false
	}
	plain, err = io.ReadAll(io.LimitReader(z, judge.MaxKey))
	return plain, err == nil
}
