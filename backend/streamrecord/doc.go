// Package streamrecord is what of a stream outlives the process: the names of its renditions, their numbers, and the hosts
// that need a token. It bounds the record in bytes.
//
// What does not live here: when a record is written and read (backend/playback), and where it is kept (backend/store).
package streamrecord
