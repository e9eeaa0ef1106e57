// Package app is the composition root: the only place that builds all parts and joins them (compose.go, adapters.go),
// that knows the list of source kinds (kinds.go), and that turns a command line into a run of the program (cli.go).
//
// What does not live here: anything that a part could do by itself. An adapter that grows a thought of its own belongs
// into a package.
package app
