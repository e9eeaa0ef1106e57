// Package desktop is the window: Wails' options, the two structs that the page calls (Facade, which is app/api without
// contexts, and Shell, which is what only a window can do), the events and commands that the page is sent, the window's
// placement, and the log file.
//
// What does not live here: anything that the server could do as well (app/api), the tray (app/tray), notifications
// (app/notify), and the opening of database and port, which app hands in by OnOpen. What a window needs of its machine is in
// machine, the single instance in instance, the page's files in page.
//
// Files that lead to Wails or GTK have a build tag (wails.go, native_linux.go and so on); the rest compiles, and is tested,
// on any machine.
package desktop
