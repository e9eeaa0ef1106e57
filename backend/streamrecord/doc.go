// Package streamrecord holds the state of a stream that survives a restart: the names of its renditions, their sequence
// numbers, and the hosts that need a token. It bounds the record in bytes.
//
// What does not live here: when a record is written and read (backend/playback), and where it is kept (backend/store).
package streamrecord
