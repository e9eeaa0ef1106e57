//go:build race

package testcost

// Slower is roughly how many times slower code runs under the race detector.
const Slower = 20
