// Package playback keeps streams playing: their renditions, the playlists that are reloaded, what is remembered of each.
//
// What lives here:
//
//	engine.go     all streams, what they share, and housekeeping
//	stream.go     one stream
//	root.go       the playlist at the stream's URL
//	rendition.go  one rendition: its timeline and its reloads
//	replaced.go   playlists that belong to another stream, or are incomplete
//	stalled.go    live playlists that no longer advance
//	naming.go     the addresses in playlists
//	object.go     segments, keys and init sections
//	prefetch.go   the newest segments, ahead of the players
//	retain.go     segments that the upstream no longer lists
//	sideobject.go what stands outside of a timeline: session data, assets, what vendors name
//	asset.go      the playlists of interstitials
//	quality.go    which variants a viewer is offered
//	record.go     what of a stream outlives the process
//
// What does not: requests to the upstream and recovery from refusals (backend/fetch), numbers and names (backend/timeline),
// HTTP (backend/proxy), when and how a token is renewed (backend/refresh, seen as fetch.Streams).
//
// A Stream's mutex is held before its Fetcher's and its timelines', never the other way round: those call nothing of the
// stream while they are locked.
package playback
