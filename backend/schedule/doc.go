// Package schedule holds the calendars: events, their sessions, and what is live at a time. A provider reads one kind
// of calendar (jolpica.go, f1calendar.go, ics.go) or makes one up (demo.go); the Service merges them, keeps what it
// read in a store, and reads anew once a day.
//
// A session's status is never stored (but for a cancellation): it is worked out from the time at which somebody asks.
// All times are UTC. A session whose time is not known yet has no start and no end, only a date; it is never live.
//
// A Matcher tells by a feed's title how well it names a session (match.go).
//
// The package fetches nothing by itself: it is given a Fetch. What is done with a live session (faster extraction,
// notices, the tray) lives elsewhere.
package schedule
