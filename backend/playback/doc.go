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
//	quality.go    which variants a viewer is offered
//	record.go     when a stream's record is read and written
//
// What does not: requests to the upstream and recovery from refusals (backend/fetch), numbers and names (backend/timeline),
// what stands in a record (backend/streamrecord), what stands outside of the timelines (backend/assets), HTTP
// (backend/proxy), when and how a token is renewed (backend/refresh, seen as fetch.Streams).
//
// A Stream holds its Fetcher and its Renditions, which know nothing of it: what needs both is a method of the Stream. Its mutex
// is held before its Fetcher's and its timelines', never the other way round.
package playback
