// Package refresh keeps the tokens of active streams fresh. It records who watches which stream (leases) and decides when to
// renew a token: before its expiry, by the clock, on a refusal, on activation, and after the machine slept. It then requests
// a run of the stream's source, and provides the fresh URL.
//
// What lives here: active streams, leases, when a renewal is due, generations, the back-off of single streams, observed
// lifetimes of opaque tokens. What does not: running sources, joining runs, the gap between them and the back-off of
// sources (backend/runs), extraction and matching (backend/extract), reading an expiry (backend/token), playback
// (backend/proxy, which asks for an Upstream and reports refusals), and the database (behind Store).
//
// URLs change only in Manager.take: the manager subscribes to the results of all runs, no matter who requested them. The
// manager holds no lock while it calls Streams, Store, OnChange and Notice, so each of those may call back. It does hold
// its lock while it calls the scheduler, which in turn holds none while it calls the manager.
//
// Times are compared by the wall clock, because an expiry is a wall-clock time and the monotonic clock stops while the
// machine sleeps.
package refresh
