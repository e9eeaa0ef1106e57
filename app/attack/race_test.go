//go:build race

package attack

// slower is how many times as long everything takes under the race detector, about.
const slower = 12

// fatter is how many times as much memory everything takes under the race detector, about: segments lie in the heap there.
const fatter = 4
