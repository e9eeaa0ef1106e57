// Package changes reports changes to clients: Log has the streams of a listing that changed since a client last read it, and
// Queues the events that a subscriber has not read yet.
//
// What does not live here: the listing (backend/extract), and the contract's events and their JSON (app/api).
package changes
