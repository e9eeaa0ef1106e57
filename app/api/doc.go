// Package api is the contract: one facade, API, with a method for each operation that a client may request, the types of the
// responses with their JSON, and the events. Its errors are those of app/api/fault; the methods that show walls are in app/api/wall.
// The HTTP server and the desktop's bindings are two transports of this facade.
//
// Not here: HTTP, Wails, authentication (app/server), building the parts (app), and the work itself (backend/…). The facade
// translates, checks what a client may request, and redacts responses.
package api
