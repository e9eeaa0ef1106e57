// Package democdn is the demo: four live feeds of a fictional race weekend, the site that lists them, and a CDN that requires a
// valid token, all in one http.Handler.
//
// The feeds are loops of exactly 60 s which build/demo-media made and which are embedded here (media/, at most 8 MB).
// They never end: media segment n of every rendition is part n mod 30 of the loop, with its decode time patched to continue
// forever (loop.go), so there is no discontinuity between loops. n is Unix time / 2 s; a segment's EXT-X-PROGRAM-DATE-TIME is
// n * 2 s, and the clock in the picture shows the seconds of that time.
//
// Tokens have the form of Akamai's EdgeAuth, so that their expiry can be read as on a real CDN:
//
//	?hdnts=st=<unix>~exp=<unix>~acl=/world/*~hmac=<hex>
//
// They are valid for 30 s, signed with a random key of the process, and required for every request: playlists, init sections,
// segments. A playlist lists its children with the token of its own request, so a player's addresses expire. A missing or forged
// token is answered with 403, an expired one with 410.
//
// Addresses, relative to the handler:
//
//	/feeds.json                       the site: the feeds with new tokens (needs no token)
//	/{feed}/index.m3u8                multivariant playlist
//	/{feed}/{rendition}/index.m3u8    media playlist; renditions: 720p, 360p, audio
//	/{feed}/{rendition}/init.mp4      media initialization section
//	/{feed}/{rendition}/{n}.m4s       media segment
//
// What does not live here: the source kind of these feeds (backend/extract/demo) and the demo's calendar (backend/schedule).
package democdn
