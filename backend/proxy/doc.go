// Package proxy serves streams to players under token-free addresses.
//
// What lives here: the HTTP handler of /hls/…, the addresses, and the errors that players receive.
//
//	serve.go        dispatches requests; serves playlists
//	send.go         serves segments, parts, keys and init sections while they download
//	serveassets.go  serves session data and interstitials, which are outside the timelines
//	address.go      parses and writes addresses
//	blocking.go     blocking playlist reloads
//	answer.go       errors and headers
//	variants.go     the qualities of a stream
//	newest.go       the newest segment of a stream
//	contract.go     names of other packages that callers use
//
// What does not: keeping a stream playing (backend/playback), requests to its upstream (backend/fetch), downloads shared by
// concurrent viewers (backend/objects), and authentication (app/server).
//
// # A segment, from the player to the upstream and back
//
// Proxy.ServeHTTP parses the address. handler.serveObject finds the rendition and creates a playback.MediaObject. The object
// store (objects.Store.Join) returns a reader of the one download that all players share, and handler.send writes its bytes
// as they arrive. The download runs in its own goroutine: the store calls MediaObject.Fetch, at the start and after each
// interrupted body. Fetch uses a retained file if there is one; otherwise:
//
//   - fetch.Fetcher.Recover runs UpstreamObject.FetchOnce as an attempt with the current token. If that is refused, it makes
//     another attempt without relying on anything read before, and then one with a fresh token;
//   - FetchOnce asks MediaObject.Locate for the newest address (from the timeline, which is reloaded if necessary), and the
//     Fetcher for the bytes;
//   - the Fetcher adds the playlist's token if the host requires it, waits for a free slot, sends the request, and judges the
//     answer by its status, its range and its first bytes (backend/response).
//
// # Locks
//
// Lock order: the Engine's, then a Stream's, then its Fetcher's. A Timeline and the object store have locks of their own,
// below these. None is held during a request.
package proxy
