// Package assets names the addresses outside a stream's timelines: session data, session keys, interstitials with everything
// that their playlists list, and the addresses in vendors' tags.
//
// What lives here: the token-free names, how they replace the addresses in a playlist (names.go), and the bounded table from
// name to newest address, which also records under which generation of the token an address was read or looked up again.
//
// What does not: fetching and serving them (backend/proxy), the addresses of a rendition's own segments, keys and init
// sections (backend/timeline).
package assets
