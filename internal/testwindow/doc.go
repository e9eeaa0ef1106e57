// Package testwindow drives the desktop application as a user does: on a private X display with a session bus, a window
// manager and a panel, all of them the real programs. It contains that desk, access to the page (by WebKit's own inspector),
// the tray's menu over D-Bus, and the memory of a process with its children. Tests and the commands in build/tools/window
// use it; nothing that ships does.
package testwindow
