package media

import "bytes"

// MaxPicture is how far behind the beginning of a picture MPEG-TS is looked for. Such pictures are there to make a
// host for pictures keep video, and are small.
const MaxPicture = 256 << 10

// picture knows still pictures.
func picture(head []byte, _ bool) (Kind, answer) {
	open := no
	for _, f := range [...]struct {
		magic string
		kind  Kind
	}{{"\x89PNG\r\n\x1a\n", PNG}, {"\xff\xd8\xff", JPEG}, {"GIF87a", GIF}, {"GIF89a", GIF}} {
		switch prefix(head, f.magic) {
		case yes:
			return f.kind, yes
		case maybe:
			open = maybe
		}
	}
	if a := prefix(head, "RIFF"); a == yes && len(head) >= 12 {
		if string(head[8:12]) == "WEBP" {
			return WebP, yes
		}
	} else if a != no {
		open = maybe
	}
	// BM, the file's size, four bytes that are zero, where the pixels begin: no text goes on like that.
	switch a := prefix(head, "BM"); {
	case a == yes && len(head) >= 14:
		if bytes.Equal(head[6:10], make([]byte, 4)) && head[12] == 0 && head[13] == 0 {
			return BMP, yes
		}
	case a != no:
		open = maybe
	}
	return Unknown, open
}

// BehindPicture finds MPEG-TS behind a picture that body begins with: n is where the first packet begins. sure is false
// where more bytes are needed; with found false and sure true it is a picture, or no picture at all.
func BehindPicture(body []byte, whole bool) (n int, found, sure bool) {
	k, a := picture(body, whole)
	switch {
	case a == maybe && !whole:
		return 0, false, false
	case a != yes || !k.Picture():
		return 0, false, true
	}
	// A longer body is looked at no further: its verdict must be the same whatever came with the first read.
	const longest = MaxPicture + longRun*204
	if len(body) >= longest {
		whole = whole && len(body) == longest
		body = body[:longest]
	}
	for sync := 0; sync < len(body); sync++ {
		i := bytes.IndexByte(body[sync:], syncByte)
		if i < 0 {
			break
		}
		if sync += i; sync > MaxPicture {
			break
		}
		for _, p := range packets {
			if sync <= p.before {
				continue
			}
			switch synced(body[sync-p.before:], p.before, p.size, longRun, leastBehind, whole) {
			case yes:
				return sync - p.before, true, true
			case maybe:
				return 0, false, false
			}
		}
	}
	return 0, false, whole || len(body) >= longest
}
