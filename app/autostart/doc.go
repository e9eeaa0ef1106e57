// Package autostart starts Gridwall at login: with an entry in the XDG autostart folder on Linux, a value in the registry's Run
// key on Windows, a LaunchAgent on macOS. What does not live here: the setting that controls it, and the window's state after
// a start at login.
package autostart
