// Package machine finds what the window needs on this machine (display, codecs, tray, players, the program that opens files), and
// says how to install what is missing.
//
// Not here: the window itself (app/desktop).
package machine
