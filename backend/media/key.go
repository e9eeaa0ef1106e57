package media

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// MaxKey bounds what is read where a key was asked for. It is more than any key has, so that what is none can be named.
const MaxKey = 4 << 10

// KeyLen returns how many bytes a key of a METHOD of EXT-X-KEY has (RFC 8216bis 4.4.4.4); 0 if that is not known, for the
// key is one of a KEYFORMAT of its own.
func KeyLen(method, keyFormat string) int {
	switch {
	case keyFormat != "" && !strings.EqualFold(keyFormat, "identity"):
		return 0
	case strings.HasPrefix(method, "AES-256"):
		return 32
	}
	return 16
}

// Key reads an answer where a key of n bytes was asked for. A line end behind the key is left out, and a key that is
// written in hexadecimal or base64 is read: players of other kinds do so, and no key has that length. k says what the
// answer is where it is not a key; Unknown are bytes that are passed on as they are, for the player to judge.
func Key(body []byte, n int) (key []byte, k Kind) {
	kind, _ := Look(body, true)
	if n == 0 {
		if kind == HTML {
			return nil, HTML
		}
		return body, Unknown
	}
	for _, lineEnd := range [...]string{"", "\n", "\r\n"} {
		line, ok := bytes.CutSuffix(body, []byte(lineEnd))
		if !ok || len(line) != n {
			continue
		}
		// Sixteen letters can be a key that somebody chose. A sentence of that length is none.
		if !Binary(line) && (bytes.IndexByte(bytes.TrimSpace(line), ' ') >= 0 && refuses(line) || blunt.Match(line)) {
			return nil, Text
		}
		return line, Unknown
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(body, bom))
	if len(text) == 2*n {
		if key, err := hex.DecodeString(string(text)); err == nil {
			return key, Unknown
		}
	}
	if key, err := base64.StdEncoding.DecodeString(string(text)); err == nil && len(key) == n {
		return key, Unknown
	}
	switch {
	case kind == Empty:
		return nil, Empty
	case kind.Words() || kind == LongText || kind == Playlist || kind == BarePlaylist:
		if kind == LongText {
			kind = Text
		}
		return nil, kind
	}
	return body, Unknown
}
