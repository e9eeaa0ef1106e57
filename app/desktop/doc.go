// Package desktop is the window: Wails' options, the two structs that the page calls (Facade, which is app/api without contexts, and
// Shell, for what only a window can do), the events and commands for the page, the window's position, and the log file.
//
// Not here: anything that the server could do as well (app/api), the tray (app/tray), notifications (app/notify), and opening the
// database and the port, which app provides with OnOpen. Package machine finds what the window needs on the machine, package instance
// makes it the only instance, package page serves the page's files.
//
// Files that import Wails or GTK have a build tag (wails.go, native_linux.go and so on). The others compile, and are tested, on any
// machine.
package desktop
