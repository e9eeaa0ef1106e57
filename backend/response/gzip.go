package response

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"gridwall/backend/media"
)

// Some servers store their files as gzip and send them without a Content-Encoding header. Players cannot read them, so they
// are decompressed.

// ErrGzip is returned by Examine for such a file. The caller then requests it again, whole, and decompresses it (see
// httpclient.Request.Packed).
var ErrGzip = errors.New("the answer is gzip without a Content-Encoding header")

// gzipProof is how much is test-decompressed, in bytes, because an encrypted segment can begin like gzip.
const gzipProof = 256

// isGzip reports whether the object that begins with head is gzip. all is head and the bytes read from r to find out.
func isGzip(head []byte, r io.Reader) (all []byte, packed bool, err error) {
	if missing := gzipProof - len(head); missing > 0 {
		rest, err := io.ReadAll(io.LimitReader(r, int64(missing)))
		head = append(head, rest...)
		if err != nil {
			return head, false, err
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return head, false, nil
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, media.HeadLen))
	return head, n > 0 && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)), nil
}

// gunzip decompresses a short gzip file; ok is false if text is not gzip.
func gunzip(text []byte) (plain []byte, ok bool) {
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, false
	}
	plain, err = io.ReadAll(io.LimitReader(z, media.MaxKey))
	return plain, err == nil
}
