// Package democdn is the demo: four live feeds of a fictional race weekend, the site that lists them, and a CDN that serves
// nothing without a fresh token, all in one http.Handler.
//
// The feeds are loops of exactly 60 s which build/demo-media made and which are embedded here (media/, at most 8 MB).
// They never end: media segment n of every rendition is part n mod 30 of the loop, with its decode time patched to go
// on for ever (loop.go), so there is no discontinuity where the loop meets itself. n is Unix time / 2 s; a segment's
// EXT-X-PROGRAM-DATE-TIME is n * 2 s, and the clock in the picture shows the seconds of just that time.
//
// Tokens are Akamai's EdgeAuth in form, so that their expiry can be read as on a real CDN:
//
//	?hdnts=st=<unix>~exp=<unix>~acl=/world/*~hmac=<hex>
//
// They live 30 s, are signed with a random key of the process, and are required for every request: playlists, init sections,
// segments. A playlist lists its children with the token with which it was itself requested, so a player's addresses expire.
// Without a token or with a forged one the answer is 403, with an expired one 410.
//
// Addresses, below wherever the handler is mounted:
//
//	/feeds.json                       the site: the feeds with fresh tokens (needs none)
//	/{feed}/index.m3u8                multivariant playlist
//	/{feed}/{rendition}/index.m3u8    media playlist; renditions: 720p, 360p, audio
//	/{feed}/{rendition}/init.mp4      media initialization section
//	/{feed}/{rendition}/{n}.m4s       media segment
//
// What makes a source of these feeds (package backend/extract/demo) and the demo's calendar (backend/schedule) live
// elsewhere.
package democdn
