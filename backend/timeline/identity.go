package timeline

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"gridwall/backend/token"
)

// maxIdentity bounds the remembered token-free address of a segment, a key or an init section, in bytes. A longer one is
// replaced by its hash.
const maxIdentity = 256

// Resolver resolves a reference as written in a playlist against the playlist's address, as a browser does.
type Resolver func(base *url.URL, ref string) (*url.URL, error)

// Identity returns a URL's path and query without host and tokens, in at most maxIdentity bytes.
func Identity(rawURL string) string {
	_, path, query, ok := token.Identity(rawURL)
	if !ok {
		return bounded(rawURL)
	}
	if query != "" {
		path += "?" + query
	}
	return bounded(path)
}

// Of returns the identity of an address as written in a playlist.
func (r Resolver) Of(uri string, p *Parent) string {
	ref, err := r(p.URL, uri)
	if err != nil {
		return bounded(strings.Clone(uri))
	}
	return Identity(ref.String())
}

// bounded returns the identity, or its hash if it is longer than maxIdentity.
func bounded(identity string) string {
	if len(identity) <= maxIdentity {
		return identity
	}
	sum := sha256.Sum256([]byte(identity))
	return "#" + hex.EncodeToString(sum[:])
}
