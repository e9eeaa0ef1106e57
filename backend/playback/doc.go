// Package playback keeps streams playing: it reloads their playlists, serves their renditions' objects, and persists their state.
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
//	asset.go      objects outside the timelines: session data, interstitials, vendors' addresses
//	prefetch.go   fetches the newest segments before players request them
//	retain.go     the DVR window: segments that the upstream no longer lists
//	quality.go    the variants that a viewer is offered
//	playing.go    whether a stream is being played
//	idle.go       drops the playlists of unused renditions from memory
//	record.go     when a stream's record is read and written
//
// What does not: requests to the upstream and recovery from refusals (backend/fetch), numbers and names (backend/timeline), the
// format of a record (backend/streamrecord), names outside the timelines (backend/assets), HTTP (backend/proxy), when and how a
// token is renewed (backend/refresh, seen as fetch.Streams).
//
// A Stream holds its Fetcher and its Renditions, which do not refer back to it: code that needs both is a method of the Stream.
// Its mutex is taken before its Fetcher's and its timelines', never the other way round.
package playback
