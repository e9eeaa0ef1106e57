// Package numbering maps an upstream's media sequence numbers and discontinuity sequence numbers to those that players know.
//
// What lives here: Numbering, the offset with the discontinuities of our own making, and how a fetched playlist is aligned
// with the known segments: by program date time, by token-free path, by the clock (RFC 8216bis 6.2.1, 6.2.2).
//
// What does not: which playlist is shown, and where its segments are to be fetched (backend/timeline).
package numbering
