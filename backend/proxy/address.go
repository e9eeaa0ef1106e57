package proxy

import (
	"strconv"
	"strings"

	"gridwall/backend/timeline"
)

// kind is the kind of object that an address refers to.
type kind int

const (
	kindInvalid  kind = iota
	kindRoot          // /hls/{id}/index.m3u8: the root playlist, multivariant or media
	kindPlaylist      // /hls/{id}/{rendition}/index.m3u8
	kindSegment       // /hls/{id}/{rendition}/{msn}.ext
	kindPart          // /hls/{id}/{rendition}/{msn}.{part}.ext
	kindKey           // /hls/{id}/{rendition}/key-{n}
	kindInit          // /hls/{id}/{rendition}/init-{n}.mp4
	kindData          // /hls/{id}/data-{name}: session keys, session data
)

// Prefix is the prefix of every playback address.
const Prefix = "/hls/"

// maxNumber bounds the numbers in an address: a media sequence number is a 64-bit decimal integer (RFC 8216bis 4.2).
const maxNumber = 1<<62 - 1

// address is a parsed playback address.
type address struct {
	kind      kind
	id        string
	rendition string
	n         int64  // MSN, or the first MSN that a key or an init section applies to
	part      int    // number of the partial segment, from 0
	name      string // of data; for a key, the suffix that distinguishes key formats ("" for the first)
}

// parseAddress parses the path of a playback URL. ok is false for a path that this package never writes.
func parseAddress(path string) (a address, ok bool) {
	rest, ok := strings.CutPrefix(path, Prefix)
	if !ok {
		return a, false
	}
	a.id, rest, ok = strings.Cut(rest, "/")
	if !ok || !isName(a.id) {
		return a, false
	}
	first, last, deep := strings.Cut(rest, "/")
	if !deep {
		switch {
		case first == timeline.PlaylistName:
			a.kind = kindRoot
			return a, true
		case strings.HasPrefix(first, "data-") && isName(first):
			a.kind, a.name = kindData, first[len("data-"):]
			return a, a.name != ""
		}
		return a, false
	}
	if !isName(first) {
		return a, false
	}
	a.rendition = first
	return parseLeaf(a, last)
}

func parseLeaf(a address, last string) (address, bool) {
	if last == timeline.PlaylistName {
		a.kind = kindPlaylist
		return a, true
	}
	if n, ok := strings.CutPrefix(last, "key-"); ok {
		a.kind = kindKey
		n, a.name, _ = strings.Cut(n, "-")
		a.n, ok = number(n)
		return a, ok && (a.name == "" || isName(a.name))
	}
	if n, ok := strings.CutPrefix(last, "init-"); ok {
		a.kind = kindInit
		n, ok = strings.CutSuffix(n, ".mp4")
		if !ok {
			return a, false
		}
		a.n, ok = number(n)
		return a, ok
	}
	fields := strings.Split(last, ".")
	if len(fields) < 2 || len(fields) > 3 || !isExtension(fields[len(fields)-1]) {
		return a, false
	}
	a.kind = kindSegment
	var ok bool
	if a.n, ok = number(fields[0]); !ok {
		return a, false
	}
	if len(fields) == 3 {
		a.kind = kindPart
		part, ok := number(fields[1])
		if !ok || part > maxPart {
			return a, false
		}
		a.part = int(part)
	}
	return a, true
}

// number parses a decimal integer as this package writes it: no sign, no leading zero.
func number(s string) (int64, bool) {
	if s == "" || len(s) > 19 || (s[0] == '0' && len(s) > 1) {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n <= maxNumber
}

// isName reports whether s can be an id or a rendition: letters, digits, '-' and '_', at most 128 of them.
func isName(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func isExtension(s string) bool {
	return len(s) <= timeline.MaxExtension && isName(s) && !strings.ContainsAny(s, "-_")
}

// Address returns the path of a stream's root playlist, relative to the server's root.
func Address(id string) string { return Prefix + id + "/" + timeline.PlaylistName }
