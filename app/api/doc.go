// Package api is the contract: one facade, API, with a method for each operation that a client may request, the types of the
// responses with their JSON, the events, and the errors as code and message. The HTTP server and the desktop's bindings are two
// transports of this facade.
//
// Not here: HTTP, Wails, authentication (app/server), building the parts (app), and the work itself (backend/…). The facade
// translates, checks what a client may request, and redacts responses.
package api
