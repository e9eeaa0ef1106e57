// Package objects downloads each object once, shares it among concurrent readers while it downloads, and caches it in memory
// within a bound.
//
// What lives here: the store (start at Store.Join), downloads and their readers, the memory of bodies, and the files of objects
// that are retained longer than the cache keeps them (Files).
//
// What does not: how an object is fetched (a Fetcher does that), the meaning of an object, and any protocol: no HLS, no HTTP.
//
// An object is identified by its key. The caller guarantees that a key always means the same bytes; a Response that breaks this
// guarantee says so (Response.Uncacheable).
//
// Locks: Store.mu is taken before download.mu, and the memory's own lock is innermost. All are private to the package, and
// none is held while a Fetcher runs.
package objects
