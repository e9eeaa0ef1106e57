// Package season holds the nouns of the calendar, events with their sessions, and the vocabulary that people use for them:
// which session a name means (names.go), which series (series.go), what a title says about both (titles.go), and how well a
// stream's title names a session (match.go).
//
// What lives here: types and pure functions that all calendar packages share, and the limits of one calendar.
//
// What does not live here: the formats of calendars (backend/ics, backend/jsoncal) and the merged calendar with the user's overrides
// (backend/schedule).
//
// All times are UTC. A session whose time is unknown has a date but neither start nor end, and is never live. A status is
// never stored, except for a cancellation: StatusAt computes it for a given time.
package season
