package e2e

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// keyEvery is after how many segments the key changes.
const keyEvery = 3

// keyOf is the n-th key of a feed.
func keyOf(feed string, n int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", feed, n))
	return sum[:aes.BlockSize]
}

// encrypt is AES-128 of RFC 8216, section 4.3.2.4, for a segment without IV: its media sequence number is the IV.
func encrypt(data, key []byte, number int) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has another length
	}
	pad := aes.BlockSize - len(data)%aes.BlockSize
	out := append(bytes.Clone(data), bytes.Repeat([]byte{byte(pad)}, pad)...)
	iv := make([]byte, aes.BlockSize)
	binary.BigEndian.PutUint64(iv[8:], uint64(number))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out
}

func (c *cdn) key(a asked) []byte {
	var n int
	_, _ = fmt.Sscanf(a.leaf, "key-%d", &n)
	return keyOf(a.feed, n)
}
