package e2e

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// keyEvery is after how many segments the key changes.
const keyEvery = 3

// keyOf returns the n-th key of a feed.
func keyOf(feed string, n int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", feed, n))
	return sum[:aes.BlockSize]
}

// encrypt returns AES-128 of RFC 8216, section 4.3.2.4, for a segment without IV: its media sequence number is the IV.
func encrypt(data, key []byte, number int) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has another length
	}
	pad := aes.BlockSize - len(data)%aes.BlockSize
	out := append(bytes.Clone(data), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, numberIV(number)).CryptBlocks(out, out)
	return out
}

func (c *cdn) key(a asked) []byte {
	var n int
	_, _ = fmt.Sscanf(a.leaf, "key-%d", &n)
	return keyOf(a.feed, n)
}

var (
	keyLine = regexp.MustCompile(`^#EXT-X-KEY:METHOD=AES-128,URI="([^"]+)"(?:,IV=0x([0-9A-F]{32}))?$`)
	numbers = regexp.MustCompile(`(?m)^#EXT-X-MEDIA-SEQUENCE:(\d+)$`)
)

// decrypts fetches all that a playlist lists as a player would, and fails the test where a decrypted segment is not the
// very one that the feed has under its number. A player would not notice a wrong IV: it garbles the first 16 bytes
// of a segment, which hold none of its pictures. A second look decides, for the edge may change between a playlist and
// its segments.
func decrypts(t testing.TB, g *gridwall, path string, m *media) {
	t.Helper()
	if g.decrypt(path, m) == nil {
		return
	}
	if err := g.decrypt(path, m); err != nil {
		t.Error(err)
	}
}

func (g *gridwall) decrypt(path string, m *media) error {
	status, list := g.get(path)
	match := numbers.FindStringSubmatch(list)
	if status != http.StatusOK || match == nil {
		return fmt.Errorf("%s: %d %s", path, status, list)
	}
	n, _ := strconv.Atoi(match[1])
	var key, iv []byte
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if match := keyLine.FindStringSubmatch(line); match != nil {
			iv, _ = hex.DecodeString(match[2])
			status, text := g.get(beside(path, match[1]))
			if status != http.StatusOK {
				return fmt.Errorf("%s: %d %s", match[1], status, text)
			}
			key = []byte(text)
		}
		if line == "" || line[0] == '#' {
			continue
		}
		of := iv
		if len(of) == 0 {
			of = numberIV(n)
		}
		if n >= len(m.segments) {
			return fmt.Errorf("%s is none of %s: it has %d segments, and no number %d", line, m.name, len(m.segments), n)
		}
		status, data := g.get(beside(path, line))
		if status != http.StatusOK || !bytes.Equal(decrypt([]byte(data), key, of), m.segments[n]) {
			return fmt.Errorf("%s (%d) does not decrypt to segment %d of %s", line, status, n, m.name)
		}
		n++
	}
	return nil
}

// beside resolves an address in the playlist at path against the server's root.
func beside(path, address string) string { return path[:strings.LastIndexByte(path, '/')+1] + address }

func decrypt(data, key, iv []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
	pad := int(data[len(data)-1])
	return data[:max(0, len(data)-pad)]
}

// numberIV returns the IV of a segment without one.
func numberIV(number int) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 8), uint64(number))
}
