// Package assets names the addresses that stand outside of a stream's timelines: session data, session keys, interstitials
// with all that their playlists name, and what vendors write into tags that are not known.
//
// What lives here: the token-free names, how they replace the addresses in a playlist (names.go), the bounded table from name to newest address, and what of an address is known:
// whether it was read or looked for under a generation of the token.
//
// What does not: fetching and answering them (backend/proxy), the addresses of a rendition's own segments, keys and init
// sections (backend/timeline).
package assets
