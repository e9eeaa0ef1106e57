// Package autostart lets Gridwall start with the session: an entry in the XDG autostart folder on Linux, a value in the
// registry's Run key on Windows, a LaunchAgent on macOS. What does not live here: the setting that asks for it, and what
// a start at login shows.
package autostart
