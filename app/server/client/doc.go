// Package client says who sends a request: from which address, over TLS or not, and whether from this machine.
//
// Not here: what the client may request (app/server).
package client
