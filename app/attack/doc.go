// Package attack holds tests that attack the whole program: with hostile streams, pages of other sites, clients that send
// slowly, and people who have a token. Each runs against the real server and fails if its guard is removed; a comment at
// each test names the guard. build/attack prints their measurements.
//
// The details of a guard are tested in its own package.
package attack
