// Package renditions names the renditions of a multivariant playlist and selects among them.
//
// What lives here: the description by which a rendition is recognised in a later playlist, the name that it keeps (part of
// a player's address), and the choice of variants for a wanted quality.
//
// What does not: reading and writing playlists (backend/hls), and storing names (backend/streamrecord).
package renditions
