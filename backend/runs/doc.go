// Package runs is the scheduler of source runs, the only one: all that need a source to run (its interval, a token that
// ends soon, a refusal, a person) ask here, with the reason, and get the result.
//
// Of each source at most one run is under way and at most one more waits for its turn. A request joins one of the two if
// that will bring what it needs; otherwise it starts one. What lives here: joining, the gap between renewals of one
// source, the limit of runs side by side, the record of each source's failures and its back-off, and the delivery of
// results: to those who requested the run, and to every subscriber.
//
// What does not live here: what a run does (backend/extract, by Options.Run), and when one is due (backend/extract for
// listings, backend/refresh for tokens).
//
// The scheduler calls no one while it holds its lock, so its methods may be called under the caller's locks.
package runs
