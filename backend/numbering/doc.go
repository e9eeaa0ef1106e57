// Package numbering maps an upstream's media sequence numbers and discontinuity sequence numbers to those that players know.
//
// What lives here: Numbering, which holds the offsets and the discontinuities that Gridwall inserts, and how a fetched playlist
// is aligned with the known segments: by program date time, by token-free path, by the clock (RFC 8216bis 6.2.1, 6.2.2).
//
// What does not: which playlist is shown, and where to fetch its segments (backend/timeline).
package numbering
