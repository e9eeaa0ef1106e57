// Package health checks whether somebody who would play a stream now would see something. A check requests the playlist, and its
// best variant or its newest segment, as a player would.
//
// What does not live here: which streams are checked and when, and what is done with the result (backend/extract); and what an
// answer is by its status and its bytes (backend/response, backend/media), which is the same for checks and for playback.
package health
