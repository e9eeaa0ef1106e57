// Package rules decides which sources and titles belong to which session, as the user says it: a rule has regular
// expressions (RE2, so bounded in time) for the sessions that it speaks of, and says which feeds these have, in which
// order, and how they are arranged. It is pure: it knows no calendar, no extraction and no disk; the files and the
// database that rules come from are backend/config's and app/api's.
package rules
