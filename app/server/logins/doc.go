// Package logins has the sessions of users who logged in with the token, and the throttle that makes clients pause which guess
// tokens.
//
// What does not live here: HTTP, cookies, and which request needs a token (app/server).
package logins
