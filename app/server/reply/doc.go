// Package reply writes the responses of the server: JSON, and errors in the contract's form.
//
// Not here: the codes and texts of errors (app/api).
package reply
