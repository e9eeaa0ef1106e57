package hls

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// MaxAssetList bounds the JSON of an X-ASSET-LIST, in bytes.
const MaxAssetList = 1 << 20

// ErrNotAssetList is returned for what is not a JSON object.
var ErrNotAssetList = errors.New("not an asset list")

// RewriteAssetList appends the JSON object that an X-ASSET-LIST names (RFC 8216bis, appendix D.2) to dst, and replaces
// each address in it with the one that name returns: each value called URI (playlist is true: it is a playlist), and
// every other value that is an http(s) URL, such as a tracking address. All other bytes stay as they are.
func RewriteAssetList(dst, body []byte, name func(dst []byte, uri string, playlist bool) []byte) ([]byte, error) {
	body = bytes.TrimPrefix(body, []byte(bom))
	switch {
	case len(body) > MaxAssetList:
		return nil, fmt.Errorf("asset list: %w", ErrTooLarge)
	case !json.Valid(body) || !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")):
		return nil, ErrNotAssetList
	}
	key := "" // the last name of a member
	pos := 0
	for i := 0; i < len(body); i++ {
		if body[i] != '"' {
			continue
		}
		end := stringEnd(body, i)
		var s string
		if err := json.Unmarshal(body[i:end], &s); err != nil {
			return nil, ErrNotAssetList
		}
		next := bytes.TrimLeft(body[end:], " \t\r\n")
		if len(next) > 0 && next[0] == ':' {
			key = s
		} else if playlist := key == "URI"; s != "" && !isInline(s) && (playlist || isAbsolute(s)) {
			dst = append(dst, body[pos:i]...)
			quoted, err := json.Marshal(string(name(nil, s, playlist)))
			if err != nil {
				return nil, err
			}
			dst, pos = append(dst, quoted...), end
		}
		i = end - 1
	}
	return append(dst, body[pos:]...), nil
}

// stringEnd returns the index behind the JSON string that begins at i of valid JSON.
func stringEnd(body []byte, i int) int {
	for i++; body[i] != '"'; i++ {
		if body[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// isAbsolute reports whether text is or contains an absolute address.
func isAbsolute(s string) bool {
	return hasPrefixFold(s, "http://") || hasPrefixFold(s, "https://") || strings.HasPrefix(s, "//")
}
