// Package timeline keeps the media sequence numbers, the names and the upstream addresses of a stream's media playlists.
//
// An upstream may number its segments differently on each edge server, restart its encoder, address the same key with a new
// token each time, or return a playlist that lags behind the previous one. A player must see none of that: RFC 8216bis
// (6.2.1, 6.2.2) requires that a media sequence number always means the same segment, that numbers never go back, and that a
// discontinuity stays where it is.
//
// What lives here, all of it pure: no network, no files, no clock (times are arguments).
//
//	timeline.go    Timeline: one rendition; Update takes a fetched playlist in
//	lookup.go      where to fetch a segment, a partial segment, a key or an init section
//	playlist.go    Playlist, Parent and Snapshot: a fetched playlist with the player's numbers
//	servers.go     balancers whose servers number their segments differently
//	table.go       maps the player's numbers to the newest upstream addresses
//	epochs.go      the number in the name of a key or an init section
//	ending.go      a playlist that ends, or is a recording instead of the live stream
//	progress.go    a live playlist that no longer advances
//	window.go      the time-shift buffer: segments that the upstream no longer lists
//	render.go      the text of a playlist with the player's addresses
//	record.go      the persisted part of a Timeline
//	identity.go    token-free identities of URLs
//
// What does not: fetching and recovery, HTTP, the names of the renditions themselves (backend/renditions), how a playlist is
// parsed and written (backend/hls), how the upstream's numbers are aligned with the player's (backend/numbering), addresses
// outside the timelines (backend/assets).
package timeline
