package response

import (
	"errors"
	"io"
	"net/url"
	"slices"

	"gridwall/backend/media"
)

// Expected is the kind of object that was requested. The bytes of the answer are compared with it.
type Expected struct {
	Want media.Want
	// Key is set for an encryption key of KeyLen bytes (see media.KeyLen; 0 for an unknown key format).
	Key    bool
	KeyLen int
	// Pictures is set for a rendition of still pictures: Examine does not search for video after a picture.
	Pictures bool
}

// Beginning is the part of a body that was read to judge it.
type Beginning struct {
	// Head holds the bytes read, without the picture before the object.
	Head []byte
	// Err is the result of the last read: nil, io.EOF, or the error that ended the body.
	Err error
	// Cover is the length of the picture before the object, in bytes.
	Cover int64
	// Type is the media type; "" if the address has to decide it.
	Type string
	// Whole is true if Head is the whole object, a key, which may have been decompressed. Err is then io.EOF.
	Whole bool
}

const (
	// sniffLen is how many bytes of a body are first read to judge it.
	sniffLen = 512
	// binaryLen is the number of bytes after which a body that cannot be text is passed on even if its kind is still unknown,
	// so that slow bodies are not held back. The signature of a picture is not longer.
	binaryLen = 16
)

// Body is the body to be examined.
type Body struct {
	io.Reader
	// URL is the requested URL.
	URL *url.URL
	// Type is the Content-Type that the server sent.
	Type string
	// Offset is the body's position in the object, in bytes. A body that does not begin at 0 is a continuation: its kind is
	// already known.
	Offset int64
	// Left is the length of the body, in bytes; -1: unknown.
	Left int64
	// Gzip makes Examine return ErrGzip for a gzip file.
	Gzip bool
}

// Examine reads the beginning of a body and judges it. The error is a *Refused or an *Unexpected if it is not what was
// expected, ErrGzip, or a read error if too little was read to judge.
func (x Expected) Examine(b Body) (Beginning, error) {
	if x.Key {
		return x.examineKey(b)
	}
	head, kind, err := sniff(b, b.Left)
	if err != nil && !errors.Is(err, io.EOF) && !(len(head) > 0 && media.Binary(head)) {
		return Beginning{}, err
	}
	if b.Offset > 0 {
		return Beginning{Head: head, Err: err, Type: b.Type}, nil
	}
	readable := err == nil || errors.Is(err, io.EOF)
	if kind == media.Gzip && b.Gzip && readable {
		all, packed, broken := isGzip(head, b)
		if packed {
			return Beginning{}, ErrGzip
		}
		if head = all; broken != nil {
			err = broken
		}
	}
	skip := 0
	switch {
	case !x.Want.Fits(kind):
		return Beginning{}, RefusedInstead(b.URL, kind, "media")
	case (kind == media.Empty || kind == media.Playlist) && x.Want == media.WantSegment:
		return Beginning{}, &Unexpected{URL: b.URL.String(), Kind: kind, Asked: "media"}
	case kind.Picture() && x.Want == media.WantSegment && !x.Pictures && (err == nil || errors.Is(err, io.EOF)):
		if head, skip, err = skipPicture(head, b); skip > 0 {
			kind, _ = media.Look(head[skip:], errors.Is(err, io.EOF))
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return Beginning{}, err
		}
	}
	mime := typeOf(kind, b.Type)
	if kind == media.Empty && x.Want == media.WantSubtitles {
		mime = media.WebVTT.MIME()
	}
	return Beginning{Head: head[skip:], Err: err, Cover: int64(skip), Type: mime}, nil
}

// sniff reads until the kind of the body is clear. left is the length of the body; -1: unknown.
func sniff(r io.Reader, left int64) (head []byte, kind media.Kind, err error) {
	head = make([]byte, 0, sniffLen)
	for {
		if len(head) == cap(head) {
			head = slices.Grow(head, media.HeadLen)
		}
		var n int
		n, err = r.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		kind, sure := media.Look(head, errors.Is(err, io.EOF) || left >= 0 && int64(len(head)) >= left)
		if sure || err != nil || len(head) >= binaryLen && media.Binary(head) {
			return head, kind, err
		}
	}
}

// skipPicture reads on from the beginning of a picture to find video after it. all holds everything that was read, skip is
// the position of the video; 0 if there is none.
func skipPicture(head []byte, r io.Reader) (all []byte, skip int, err error) {
	for {
		at, found, sure := media.BehindPicture(head, errors.Is(err, io.EOF))
		switch {
		case found:
			return head, at, err
		case sure, err != nil:
			return head, 0, err
		}
		// Doubling what was read keeps the total cost of searching it again linear.
		head = slices.Grow(head, max(len(head), media.HeadLen))
		read := 0
		for until := cap(head) - len(head); read < until && err == nil; {
			var n int
			n, err = r.Read(head[len(head):cap(head)])
			head, read = head[:len(head)+n], read+n
		}
	}
}

// examineKey reads the whole body of a key, which is short, and judges it.
func (x Expected) examineKey(b Body) (Beginning, error) {
	all, err := io.ReadAll(io.LimitReader(b, media.MaxKey+1))
	if whole := len(all) == x.KeyLen && errors.Is(err, io.ErrUnexpectedEOF); err != nil && !whole {
		return Beginning{}, err
	}
	if plain, ok := gunzip(all); ok && len(plain) == x.KeyLen {
		all = plain
	}
	key, kind := media.Key(all, x.KeyLen)
	switch {
	case kind == media.Empty:
		return Beginning{}, &Unexpected{URL: b.URL.String(), Kind: kind, Asked: "a key"}
	case kind != media.Unknown:
		return Beginning{}, RefusedInstead(b.URL, kind, "a key")
	}
	if len(all) > media.MaxKey { // of an unknown format
		return Beginning{Head: all, Type: b.Type}, nil
	}
	return Beginning{Head: key, Err: io.EOF, Type: "application/octet-stream", Whole: true}, nil
}
