package media

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// MaxKey bounds the answer to a request for a key, in bytes. It is longer than any key, so that other content is recognised.
const MaxKey = 4 << 10

// KeyLen returns the length of a key for a METHOD of EXT-X-KEY (RFC 8216bis 4.4.4.4), in bytes; 0 if it is unknown, because the
// key has another KEYFORMAT.
func KeyLen(method, keyFormat string) int {
	switch {
	case keyFormat != "" && !strings.EqualFold(keyFormat, "identity"):
		return 0
	case strings.HasPrefix(method, "AES-256"):
		return 32
	}
	return 16
}

// Key reads the answer to a request for a key of n bytes. It drops a line end after the key, and decodes a key in hexadecimal
// or base64, which other players accept too; no raw key has that length. If the answer is not a key, k is its kind; Unknown
// means that the player decides, and gets the bytes unchanged.
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
		// Sixteen letters can be a chosen key, but not a sentence of that length.
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
