// Package timeline keeps the media sequence numbers, the names and the upstream addresses of a stream's media playlists.
//
// An upstream may number its segments differently on each edge server, restart its encoder, name the same key with a new
// token each time, or show a playlist that lags behind the previous one. A player must see none of that: RFC 8216bis
// (6.2.1, 6.2.2) demands that a media sequence number means one segment for ever, that numbers never go back, and that a
// discontinuity stays where it is.
//
// What lives here, all of it pure: no network, no files, no clock (times are arguments).
//
//	timeline.go    Timeline: one rendition; Update takes a fetched playlist in
//	lookup.go      where a segment, a partial segment, a key or an init section is to be fetched
//	playlist.go    Playlist, Parent and Snapshot: a fetched playlist with the player's numbers
//	servers.go     balancers whose servers number their segments differently
//	table.go       from the player's number to the newest upstream address
//	epochs.go      which number is in the name of a key or an init section
//	ending.go      a playlist that ends, or is a recording instead of the live stream
//	progress.go    a live playlist that no longer advances
//	window.go      the time-shift buffer: segments that the upstream no longer lists
//	render.go      the text of a playlist with the player's addresses
//	record.go      what of a Timeline outlives the process
//	identity.go    what a URL names, tokens apart
//
// What does not: fetching and recovery, HTTP, the names of the renditions themselves (backend/renditions), how a playlist is
// parsed and written (backend/hls), how upstream's numbers are aligned with the player's (backend/numbering), addresses outside
// of the timelines (backend/assets).
package timeline
