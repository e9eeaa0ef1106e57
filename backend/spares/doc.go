// Package spares keeps a stream playing when its own source fails: other streams that show the same take over behind the same
// playback address.
//
// What lives here:
//
//	types.go    the JSON of the API: spares, the stream that feeds another now, switches
//	spares.go   Service: which streams have spares, and which stream feeds each
//	choice.go   spares by rule (same title at another source) and by hand
//	channel.go  Channel: one stream that has spares
//	shape.go    which rendition of a spare continues which of the stream, and what cannot be joined
//	health.go   how each stream that can feed a channel advances
//	watch.go    the monitor: keeps a spare warm, and notices that the feeder fails
//	switch.go   switches, by the monitor and by request
//	serve.go    the playlists of players, and which stream has a served segment
//	compose.go  composed playlists
//	record.go   what survives a restart
//
// What does not: how the playlists of two streams become one (backend/splice), keeping each stream playing for itself
// (backend/playback), tokens (backend/refresh), the rules (backend/lineup), which titles
// are the same (backend/rules).
package spares
