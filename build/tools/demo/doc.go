// Command demo makes the media of backend/democdn: four feeds of a race weekend that never was, each a loop of
// exactly 60 s that meets itself without a seam.
//
// One small race (race.go, track.go) is shown four times, so the feeds agree with one another: from above (world.go),
// from two cockpits (onboard.go) and as a table of times (timing.go), each with a sound of its own (sound.go). Frames
// and sound go into ffmpeg as raw data; what it encodes is cut into 30 fragments of 2 s by mux.go. Fonts come with
// golang.org/x/image, so nothing of the machine's own shows in the pictures. Run it by build/demo-media.
//
// What serves the result lives in backend/democdn, not here.
package main
