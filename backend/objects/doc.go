// Package objects holds objects that many readers ask for at once: each is downloaded once, shared by its readers while it
// comes, and kept in memory within a bound.
//
// What lives here: the store (Store.Join is its centre), downloads and their readers, the memory that bodies lie in, and
// the files of objects that are retained for longer than memory holds them (Files).
//
// What does not: how an object is fetched (a Fetcher does that), what an object is, and any protocol: no HLS, no HTTP.
//
// An object is identified by its key. A caller that gives a key promises that it always means the same bytes; a Response that
// breaks this promise says so (Response.Uncacheable).
//
// Locks: Store.mu is taken before download.mu, and the memory's own lock is innermost. All are private to the package, and
// none is held while a Fetcher runs.
package objects
