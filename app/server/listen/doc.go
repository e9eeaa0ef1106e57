// Package listen opens the sockets of the server: with errors that say what to do, with a bound on their connections, and for
// playback at the address of the run before.
//
// What does not live here: HTTP and its timeouts (app/server).
package listen
