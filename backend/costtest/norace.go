//go:build !race

package costtest

// Slower is roughly how many times slower code runs under the race detector.
const Slower = 1
