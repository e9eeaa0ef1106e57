//go:build !race

package attack

// slower is how many times as long everything takes under the race detector, about.
const slower = 1

// fatter is how many times as much memory everything takes here.
const fatter = 1
