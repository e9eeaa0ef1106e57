// Package stream holds the nouns that every other package shares (streams, their health, where they are fetched
// from, what a refusal is) and the sentinel errors that cross packages. It imports the standard library only and
// does nothing on a network, a disk or a clock.
package stream
