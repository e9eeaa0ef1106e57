// Package health checks whether a stream would play now. A check requests the playlist, and its best variant or its newest
// segment, as a player would.
//
// Not here: which streams are checked and when, and the use of the results (backend/extract); how an answer is judged by its
// status and its bytes (backend/response, backend/media), which is the same for checks and for playback.
package health
