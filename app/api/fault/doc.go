// Package fault has the errors of the contract: a code and a message for a client, made from any error of backend.
//
// Not here: how an error is sent (app/server/reply, app/desktop), and the errors of backend themselves.
package fault
