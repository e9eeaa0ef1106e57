// Package api is the contract: one facade, API, with a method for everything that a client may ask of Gridwall, the
// types of its answers with their JSON, its events, and its errors as code and message. The HTTP server and the
// desktop's bindings are two transports of this one facade.
//
// What does not live here: HTTP, Wails, authentication (app/server), building the parts (app), and the work itself
// (backend/…). The facade translates, checks what a client may ask for, and redacts what it answers.
package api
