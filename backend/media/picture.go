package media

import (
	"bytes"
	"encoding/binary"
)

// MaxPicture bounds the search for video after a picture, in bytes. Such pictures make an image host store video, and are
// small.
const MaxPicture = 256 << 10

// picture detects still pictures.
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
	// BM, the file's size, four zero bytes, the offset of the pixels: no text continues like that.
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

// BehindPicture finds MPEG-TS, or the boxes of MP4, after a picture at the start of body: n is their index. sure is false if
// more bytes are needed; with found false and sure true, body is only a picture, or does not start with one.
func BehindPicture(body []byte, whole bool) (n int, found, sure bool) {
	k, a := picture(body, whole)
	switch {
	case a == maybe && !whole:
		return 0, false, false
	case a != yes || !k.Picture():
		return 0, false, true
	}
	// The rest of a longer body is ignored, so that the result does not depend on the length of the first read.
	const longest = MaxPicture + longRun*204
	if len(body) >= longest {
		whole = whole && len(body) == longest
		body = body[:longest]
	}
	end := whole || len(body) >= longest
	n, a = packetsBehind(body, whole)
	if at, b := boxesBehind(body, end); b != no && (a == no || at < n) { // the first of both
		n, a = at, b
	}
	if a != yes {
		return 0, false, a == no && end
	}
	return n, true, true
}

// packetsBehind returns the index of the first MPEG-TS packets, or of bytes that may become packets.
func packetsBehind(body []byte, whole bool) (n int, a answer) {
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
			if a := synced(body[sync-p.before:], p.before, p.size, longRun, leastBehind, whole); a != no {
				return sync - p.before, a
			}
		}
	}
	return 0, no
}

// boxesBehind does the same for the first MP4 box. Its type can occur anywhere by chance, so another box must follow it.
func boxesBehind(body []byte, end bool) (n int, a answer) {
	for n := 1; n+8 <= len(body) && n <= MaxPicture; n++ {
		switch string(body[n+4 : n+8]) {
		case "ftyp", "styp", "moof", "sidx", "emsg", "prft":
		default:
			continue
		}
		size := binary.BigEndian.Uint32(body[n:])
		if size < 8 || size >= maxBox {
			continue
		}
		next := n + int(size)
		if next+8 > len(body) {
			if !end {
				return n, maybe
			}
			continue
		}
		if _, a := boxes(body[next:], true); a == yes {
			return n, yes
		}
	}
	return 0, no
}
