// Package refresh keeps the tokens of active streams fresh: it knows who watches what (leases), when a token must be
// renewed (ahead of its expiry, by the clock, on a refusal, on activation, after the machine slept), runs the source
// for it (one run for all of its streams) and hands the fresh URL to whoever asks.
//
// What lives here: active streams, leases, the schedule of renewals, generations, back-off, the lives learned of
// opaque tokens. What does not: extraction and matching (backend/extract, reached by Options.Extract), reading an
// expiry (backend/token), playing (backend/proxy, which asks for an Upstream and reports refusals), and the database
// (reached by Store).
//
// URLs change by one path alone, Extracted, which sees every extraction whoever asked for it. No lock of the manager is
// held while it calls out (Extract, Streams, Store, OnChange, Notice), so each of those may call back.
//
// Times are compared by the wall clock, because an expiry is a time of the wall clock and the monotonic clock stands
// still while the machine sleeps.
package refresh
