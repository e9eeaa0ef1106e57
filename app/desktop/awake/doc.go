// Package awake keeps the screen on while something plays in the window. On Linux it asks the desktop over D-Bus; elsewhere the webview
// does it, because the page asks it to (Screen Wake Lock).
//
// What does not live here: when something plays, which only the page knows.
package awake
