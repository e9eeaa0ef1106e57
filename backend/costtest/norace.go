//go:build !race

package costtest

// Slower is how many times as long everything takes under the race detector.
const Slower = 1
