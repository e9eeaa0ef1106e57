// Command demo makes the media of backend/democdn: four feeds of an invented race weekend, each a seamless loop of exactly 60 s.
//
// All feeds show the same race (race.go, track.go), so that they agree: from above (world.go), from two cockpits (onboard.go) and as a
// table of times (timing.go), each with its own sound (sound.go). ffmpeg encodes the raw frames and samples, and mux.go cuts the result
// into 30 fragments of 2 s. The fonts are those of golang.org/x/image, so that the pictures do not depend on the machine. build/demo-media
// runs it.
//
// Not here: the handler that serves the result (backend/democdn).
package main
