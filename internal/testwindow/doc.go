// Package testwindow drives the desktop application as somebody who sits before it does: on an X display of its own, with a
// session bus, a window manager and a panel, all of them the real programs. It holds that desk, the way to look into
// the page (WebKit's own inspector), the tray's menu over D-Bus, and the memory of a process with its children. The
// tests beside it and the commands in build/tools/window use it; nothing that ships does.
package testwindow
