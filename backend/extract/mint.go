package extract

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// idLength is the length of a stream's id: 60 bits. Among a million streams one in two million would meet another's,
// and is salted.
const idLength = 12

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// mint returns the id of a stream that was never seen before, derived only from what describes it: a user who loses the
// database gets the same addresses again. The texts are folded as in the matcher. An id that is in use is salted until it
// is free, so of streams with equal descriptions the first one listed gets the plain id.
func mint(siteKey string, f Found, t Tokens, used func(id string) bool) string {
	// If the URL has no identity the title must do: the URL itself changes with every token.
	host, path, _, _ := t.Identity(f.URL)
	var text []byte
	for _, part := range []string{siteKey, fold(f.Quality), fold(f.Title), host, path} {
		// Each part is preceded by its length, so that different descriptions give different texts.
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	for salt := uint64(0); ; salt++ {
		salted := text
		if salt > 0 {
			salted = binary.AppendUvarint(text[:len(text):len(text)], salt)
		}
		sum := sha256.Sum256(salted)
		id := strings.ToLower(idEncoding.EncodeToString(sum[:]))[:idLength]
		if !used(id) {
			return id
		}
	}
}
