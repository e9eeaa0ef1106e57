// Package machine knows what a window needs of its machine (display, codecs, tray, players, the program that opens files),
// finds it, and says how to install what is missing.
//
// What does not live here: the window itself (app/desktop).
package machine
