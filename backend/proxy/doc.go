// Package proxy serves streams to players under addresses that hold no token, and keeps them playing.
//
// What lives here: the HTTP handler of /hls/…, the upstream client, healing (a refusal is renewed and asked again inside
// the request), what is fetched ahead of the players, and what is retained behind them.
//
// What does not: objects that viewers share, their memory and their files (backend/objects), which numbers and names a
// player knows, and where each object is to be fetched (backend/timeline), what an answer is (backend/response), how a playlist is written (backend/hls), when
// and how a token is renewed (backend/refresh, met through the Streams interface), and who may ask at all (app/server).
//
// From the outside in:
//
//	proxy.go     the handler, its options and its lifetime
//	address.go   the addresses: parsed and written
//	serve.go     what a request asks for; playlists
//	send.go      segments, parts, keys and init sections, as they come
//	object.go    where such an object is, and how it is fetched for all who ask
//	answer.go    errors and headers
//	feed.go      one stream: what stands at its URL, its renditions
//	record.go    what of it is persisted
//	rewind.go    segments that are retained after the upstream no longer lists them
//	quality.go   which variants a viewer is offered
//	master.go    what stands at the stream's URL
//	rendition.go one rendition: its timeline and its reloads
//	standing.go  live playlists that stand still
//	replaced.go  playlists that belong to another stream, or are incomplete
//	data.go      what stands outside of a timeline: session data, assets, what vendors name
//	asset.go     the playlists of interstitials
//	fetcher.go   a stream's upstream requests: what is known of its hosts and tokens
//	attempt.go   what one try builds on
//	heal.go      refusals, renewals and second tries
//	lag.go       what is listed and not there yet
//	pauses.go    when nothing is renewed, although something is refused
//	fetch.go     one request for an object, from an offset on
//	text.go      one request for a playlist
//	body.go      an object's body, with a bound on each wait
//	client.go    one request to an upstream
//	media.go     what an object is expected to be
//	statuses.go  whether the stream has played under its token
//	playing.go   whether a player fetches media now
//	prefetch.go  the newest segments, ahead of the players
//	tasks.go     goroutines beside the requests
//
// # A segment, from the player to the upstream and back
//
// Proxy.ServeHTTP parses the address, and feed.serveObject finds the rendition and makes a mediaObject of it. The object
// store (objects.Store.Join) returns a reader of the one download that all players share, and feed.send writes what the
// reader returns as it comes. The download runs in a goroutine of its own: the store calls mediaObject.Fetch, at the
// beginning and after each body that breaks off. Fetch takes a retained file where there is one, or else:
//
//   - fetcher.heal runs upstreamObject.fetchOnce as an attempt with the token that there is. If that is refused, it runs
//     another one that relies on nothing read before, and then one with a fresh token;
//   - fetchOnce asks mediaObject.locate for the newest address (of the timeline, which is loaded again where need be), and
//     fetcher.fetchObject for the bytes;
//   - fetchObject adds the playlist's token where the host demands it, waits for a place, sends the request (client.do),
//     and judges the answer by its status, its range and its first bytes.
//
// # Locks
//
// Proxy.mu, then feed.mu, then fetcher.mu; a Timeline and the object store have locks of their own, below these. None is
// held during a request.
package proxy
