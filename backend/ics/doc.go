// Package ics reads and writes iCalendar (RFC 5545).
//
// Published calendars rarely follow the RFC, so a calendar is read in steps. The text is decoded (encoding.go) and normalised
// (line.go, normalise.go) so that golang-ical can parse it. Time zones are resolved, whatever programs call them (time.go, with
// backend/timezone). Recurrence rules and their exceptions are expanded (recur.go, rule.go, series.go, occurrenceindex.go, revisions.go),
// and the resulting occurrences are grouped into events (groups.go). write.go is the other direction.
//
// What does not live here: fetching, caching and merging of calendars (backend/schedule), and what the title of an entry means
// (backend/season).
package ics
