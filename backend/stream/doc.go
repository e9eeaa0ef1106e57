// Package stream holds the nouns that every other package shares (streams, their health, where they are fetched
// from, what a refusal is) and the sentinel errors that cross packages. It redacts what is
// shown, by the grammar of backend/token, imports nothing else of ours, and does nothing on a network, a disk or a clock.
package stream
