// Package rules decides which sources and titles belong to which session, by the user's rules: a rule has regular expressions (RE2,
// whose time is bounded) for the sessions that it applies to, and says which streams these have, in which order, and how they are
// arranged.
//
// What does not live here: calendars, extraction, and where rules are stored (backend/config, backend/lineup).
package rules
