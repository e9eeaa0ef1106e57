// Package listen opens the sockets of the server: with errors that say what to do, with a limit on connections, and for playback
// at the same address as in the previous run.
//
// Not here: HTTP and its timeouts (app/server).
package listen
