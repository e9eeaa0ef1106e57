// Package rules decides which sources and titles belong to which session, by the user's rules: a rule has regular expressions (RE2,
// which match in linear time) for the sessions that it applies to, and defines their streams, the order, and the layout.
//
// What does not live here: calendars, extraction, and where rules are stored (backend/config, backend/lineup).
package rules
