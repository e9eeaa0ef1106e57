// Package tray is the icon in the panel and its menu: live sessions, the next session and the active feeds. The menu is a
// pure function of the calendar, the active streams and the time (model.go). The icon that shows it uses fyne.io/systray, and
// is only compiled into builds with a window. What does not live here: the window, which this package knows as a small
// interface, and notifications (app/notify).
package tray
