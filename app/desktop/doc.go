// Package desktop is the window: Wails' options, the two structs that the page calls (Facade, which is app/api without
// contexts, and Shell, which is what only a window can do), the events and commands that the page is sent, the window's
// place, the single instance, the log file, and the words for what a machine lacks.
//
// What does not live here: anything that the server could do as well (app/api), the tray (app/tray), notifications
// (app/notify), and the opening of database and port, which app hands in as Options.Open.
//
// Files that lead to Wails or GTK bear a build tag (wails.go, native_linux.go and their likes); the rest compiles, and
// is tested, anywhere.
package desktop
