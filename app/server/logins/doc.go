// Package logins holds the sessions of users who logged in with the token, and throttles clients that guess tokens.
//
// Not here: HTTP, cookies, and which request needs a token (app/server).
package logins
