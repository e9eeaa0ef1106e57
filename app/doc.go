// Package app is the composition root: the only place that builds all parts and joins them (compose.go, adapters.go) and that
// has the list of source kinds (kinds.go). Base holds the parts for commands that open no database, App is the whole program,
// and RunWindow runs the program in a window.
//
// Not here: the command line (app/cli), and anything that a part could do by itself. An adapter that has to make decisions
// belongs in another package.
package app
