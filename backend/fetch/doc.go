// Package fetch sends one stream's requests to its upstream, whatever becomes of its token.
//
// What lives here: a Fetcher holds what the requests of one stream share (cookies, places, busy hosts, pauses between
// renewals), and recovers from refusals: first by reading again what names the object, then by renewing the token inside the
// request, so that a player sees a slow answer, never a 403.
//
//	fetcher.go         Fetcher, and what all share
//	client.go          one request; refusals
//	text.go            playlists and other texts
//	request.go         one object from an offset on
//	body.go            an answer's body, with a bound on every wait
//	expect.go          what an object is asked for as
//	object.go          an object as backend/objects fetches it
//	inherit.go         tokens that children inherit from their playlist
//	recover.go         refusals, renewals and second tries
//	attempt.go         what one try builds on
//	subject.go         what a request is for
//	lag.go             what is listed and not there yet
//	pauses.go          when nothing is renewed, although something is refused
//	statuses.go        under which token something was had, and faults that last
//	once.go            work that requests share
//	tasks.go           goroutines beside the requests
//	faults.go          faults of playlists that are logged once
//	failure.go         what a player is told of an error
//
// What does not: renditions and what they list (backend/playback), which hosts have had too many requests (backend/busyhosts),
// what a status or a body says (backend/response), the rules of every request (backend/httpclient), how a token is renewed
// (backend/refresh, seen as Streams).
//
// A Fetcher knows nothing of the stream that it fetches for. Its mutex is an inner one: nothing else is locked while it is
// held.
package fetch
