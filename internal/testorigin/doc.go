// Package testorigin serves HLS that the built-in demo does not have, for tests of the whole program: a live low-latency
// stream, and a recording with two audio renditions and subtitles. ffmpeg encodes both when they start.
//
// What lives here: the origins, as http.Handlers in the process of the test. What does not: upstreams that misbehave, which
// are with the tests that need them. build/tools/testorigin serves the same origins for tests that are not written in Go.
package testorigin
