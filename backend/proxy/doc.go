// Package proxy serves streams to players under addresses that hold no token, and keeps them playing.
//
// What lives here: the HTTP handler of /hls/…, the upstream client, healing (a refusal is renewed and asked again inside
// the request), what is fetched ahead of the players, and what is retained behind them.
//
// What does not: objects that viewers share, their memory and their files (backend/objects), which numbers and names a
// player knows, and where each object is to be fetched (backend/timeline), how a playlist is written (backend/hls), when
// and how a token is renewed (backend/refresh, met through the Streams interface), and who may ask at all (app/server).
//
// From the outside in:
//
//	proxy.go     the handler, its options and its lifetime
//	address.go   the addresses: parsed and written
//	serve.go     one function a kind of address
//	answer.go    errors and headers
//	feed.go      one stream: its renditions, its cookies, what of it is persisted
//	rewind.go    segments that the upstream lists no more
//	quality.go   which variants a viewer is offered
//	master.go    what stands at the stream's URL
//	rendition.go one rendition: its timeline and its reloads
//	standing.go  live playlists that stand still
//	ending.go    playlists that end, or seem to
//	replaced.go  playlists that belong to another stream, or are incomplete
//	data.go      what stands outside of a timeline: session data, assets, what vendors name
//	asset.go     the playlists of interstitials
//	heal.go      refusals, renewals and second tries
//	lag.go       what is listed and not there yet
//	pauses.go    when nothing is renewed, although something is refused
//	client.go    one request to an upstream
//	judge.go     what came: judged by its bytes
//	packed.go    gzip without a Content-Encoding header
//	statuses.go  what a status says
//	playing.go   whether a player fetches media now
//	prefetch.go  the newest segments, ahead of the players
//	tasks.go     goroutines beside the requests
package proxy
