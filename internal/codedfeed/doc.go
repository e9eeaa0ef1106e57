// Package codedfeed serves live HLS feeds whose pictures and sound carry their time, so that a test can tell from what a page shows how
// far its players are apart, and how far they are behind the camera.
//
// Each frame is a pattern of large black and white cells that holds its number and a checksum (Draw, Read, and Script for pages). The
// sound has clicks at times that never repeat (Sound), so that it can be correlated. ffmpeg encodes a programme while it runs, some
// seconds ahead of its clock; feeds of the same programme show the same, each at its own latency. An Origin serves them with tokens that
// expire or are revoked, and with faults that a test switches on: a stall, and PROGRAM-DATE-TIMEs that are wrong.
//
// What lives here: the media, the origin, and the decoder. What does not: what a player must do with them.
// build/tools/codedfeed serves an Origin for tests that are not written in Go.
package codedfeed
