// Package changes tells clients what has changed: Log which streams of a listing changed since a client last read it, and
// Queues which kinds of events a subscriber has not read yet.
//
// What does not live here: the listing (backend/extract), and the contract's events and their JSON (app/api).
package changes
