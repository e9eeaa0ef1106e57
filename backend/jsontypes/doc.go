// Package jsontypes has the JSON types of streams, trials of a source and calendars, as clients see them, and converts to them:
// absent times and texts become null, times have milliseconds, and what could be a token is redacted.
//
// Not here: what a client may request (app/api), and the work itself (the other packages).
package jsontypes
