// Package app is the composition root: the only place that builds all parts and joins them (compose.go, adapters.go) and that
// has the list of source kinds (kinds.go). Base is what the commands need that open no database, App the whole program, and
// RunWindow the program in a window.
//
// What does not live here: the command line (app/cli), and anything that a part could do by itself. An adapter that needs a
// decision of its own belongs in a package.
package app
