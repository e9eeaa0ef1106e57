// Package tray is the icon in the panel and its menu: what is live, what comes next, which feeds are kept fresh. The
// menu is a pure function of the calendar, the active streams and the time (model.go); the icon that shows it, on
// fyne.io/systray, is compiled with the window alone. What does not live here: the window, which this package knows as
// a small interface, and notifications (app/notify).
package tray
