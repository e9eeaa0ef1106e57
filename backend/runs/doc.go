// Package runs is the only scheduler of source runs. Everything that needs a source to run (its interval, a token about to
// expire, a refusal, a user) requests the run here, with the reason, and gets the result.
//
// Each source has at most one running and one waiting run. A request joins one of them if its result will do; otherwise it
// starts one. What lives here: joining, the gap between renewals of one source, the limit of concurrent runs, each source's
// failures and back-off, and the delivery of results to requesters and subscribers.
//
// Not here: what a run does (backend/extract, through Options.Run), and when one is due (backend/extract for listings,
// backend/refresh for tokens).
//
// The scheduler calls no other code while it holds its lock, so its methods may be called under the caller's locks.
package runs
