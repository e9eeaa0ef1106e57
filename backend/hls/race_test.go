//go:build race

package hls

// slower is how many times as long everything takes under the race detector.
const slower = 20
