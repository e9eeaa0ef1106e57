// Package splice makes one media playlist of the playlists of several streams that show the same, one after the other.
//
// What lives here, all of it pure:
//
//	line.go     Line: which stream feeds which of the served numbers, and how names and numbers map to its own
//	start.go    with which segment another stream continues: by program date time, else at its live edge
//	compose.go  the served window and its text
//	container.go  the container of a playlist's segments: players cannot go on from one with another
//
// What does not: when to change to another stream (backend/spares), and the text of a single segment (backend/timeline).
package splice
