// Package pairing lets phones become remotes of the window: with a code of six digits that the window shows for some minutes, and
// a session for each phone that the user can end.
//
// Not here: HTTP and the throttle of addresses (app/server), the listener (app), and what a remote may do (backend/screens).
package pairing
