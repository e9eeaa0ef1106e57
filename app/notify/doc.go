// Package notify notifies users of sessions that begin soon or have begun, and of feeds that can no longer be renewed. It
// decides when (plan.go is a pure function of the calendar, the time and the messages sent), and passes each message to a
// Sender: the desktop's notifications (system_*.go), or the page (Page). What does not live here: the calendar, renewing, and
// the window that a click opens.
package notify
