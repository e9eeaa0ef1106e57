// Package proxy serves streams to players under addresses that hold no token.
//
// What lives here: the HTTP handler of /hls/…, the addresses, and what players are told of errors.
//
//	serve.go        what a request asks for; playlists
//	send.go         segments, parts, keys and init sections, as they come
//	serveassets.go  what stands outside of a timeline: session data, interstitials
//	address.go      the addresses: parsed and written
//	blocking.go     blocking playlist reloads
//	answer.go       errors and headers
//	variants.go     which qualities a stream comes in
//	newest.go       how far a stream has come
//	contract.go     names of other packages that callers use
//
// What does not: keeping a stream playing (backend/playback), requests to its upstream (backend/fetch), downloads shared by
// all viewers who ask at once (backend/objects), and who may ask at all (app/server).
//
// # A segment, from the player to the upstream and back
//
// Proxy.ServeHTTP parses the address, and handler.serveObject finds the rendition and makes a playback.MediaObject of it. The
// object store (objects.Store.Join) returns a reader of the one download that all players share, and handler.send writes
// what the reader returns as it comes. The download runs in a goroutine of its own: the store calls MediaObject.Fetch, at
// the beginning and after each body that breaks off. Fetch takes a retained file where there is one, or else:
//
//   - fetch.Fetcher.Recover runs UpstreamObject.FetchOnce as an attempt with the token that there is. If that is refused, it
//     runs another one that relies on nothing read before, and then one with a fresh token;
//   - FetchOnce asks MediaObject.Locate for the newest address (of the timeline, which is loaded again where need be), and
//     the Fetcher for the bytes;
//   - the Fetcher adds the playlist's token where the host demands it, waits for a place, sends the request, and judges the
//     answer by its status, its range and its first bytes (backend/response).
//
// # Locks
//
// Engine's, then a Stream's, then its Fetcher's; a Timeline and the object store have locks of their own, below these. None
// is held during a request.
package proxy
