// Package schedule is the calendar of all series: which session is live, which comes next.
//
// A Provider reads one calendar (backend/ics, backend/jsoncal) or computes one (demo.go). The Service reads them daily, stores
// what it read, merges them (merge.go), applies the user's overrides (overrides.go), and keeps sessions live that run past
// their planned end (overtime.go).
//
// Calendars makes providers of what the user configured (calendars.go); files.go reads the overrides and calendars that are files,
// and polls them; progress.go detects that a session's streams still run.
//
// An event keeps its id from one reading to the next (identity.go, namesakes.go). A session whose date contradicts the rest of
// its event is marked as doubtful and is never live (doubt.go). A session that a calendar moves is marked as moved (moved.go).
//
// What does not live here: the formats of calendars, and what happens while a session is live (faster extraction,
// notifications, the tray).
package schedule
