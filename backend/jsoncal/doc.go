// Package jsoncal reads the two calendars that are published as JSON: Formula 1 from Jolpica's API (the successor of Ergast),
// and the series of the f1calendar project (sportstimes/f1).
//
// Both are partly maintained by hand, so numbers may be quoted and flags may be words (lenient.go). An entry that cannot be
// read is left out and reported; the rest of the calendar is used.
//
// What does not live here: fetching, caching and merging of calendars (backend/schedule).
package jsoncal
