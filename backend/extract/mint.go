package extract

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// idLength is the length of a stream's id in characters: 60 bits. Even among a million streams a collision is unlikely;
// mint resolves it with a salt.
const idLength = 12

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// mint returns the id of a stream that was never seen before. It is derived only from the stream's description, so that a
// user who loses the database gets the same addresses again. Texts are folded as in the matcher. If an id is in use, a
// salt is added until it is free: of several streams with equal descriptions, the first one listed gets the plain id.
func mint(siteKey string, f Found, t Tokens, used func(id string) bool) string {
	// If the URL has no identity, the title must suffice: the URL itself changes with every token.
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
