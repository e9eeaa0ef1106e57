// Package schedule holds the calendars: events, their sessions, and what is live at a time. A provider reads one kind
// of calendar (jolpica.go, f1calendar.go, ics.go) or makes one up (demo.go); the Service merges them, keeps what it
// read in a store, and reads them again once a day.
//
// A session's status is never stored (but for a cancellation): it is worked out from the time at which somebody asks.
// All times are UTC. A session whose time is not known yet has no start and no end, only a date; it is never live, nor is
// one whose date contradicts those of its event's others (doubt.go). An event keeps its id from one reading to the next
// (identity.go).
//
// An ICS calendar is read in steps: its text is decoded (body.go), tidied so that a parser of RFC 5545 takes it
// (icsline.go, icstidy.go), parsed by golang-ical, its zones found by whatever they are called (icstime.go, zonenames.go),
// its rules and their exceptions followed (icsrecur.go, icsseries.go), and its entries joined into events (icsgroups.go).
//
// A Matcher reports how well a feed's title names a session (match.go).
//
// The package fetches nothing by itself: it is given a Fetch. What is done with a live session (faster extraction,
// notices, the tray) lives elsewhere.
package schedule
