// Package fetch sends one stream's requests to its upstream, and recovers when the stream's token expires.
//
// What lives here: a Fetcher holds the state that the requests of one stream share (cookies, request slots, busy hosts, pauses
// between renewals). It recovers from refusals inside the request: first by reading the playlist again that lists the object,
// then by renewing the token. A player sees a slow answer, never a 403.
//
//	fetcher.go         Fetcher, and what all fetchers share
//	client.go          one request; refusals
//	text.go            playlists and other texts
//	request.go         one object from an offset on
//	body.go            an answer's body, with a bound on every wait
//	expect.go          the expected kind of an object
//	object.go          an object as backend/objects fetches it
//	inherit.go         tokens that children inherit from their playlist
//	recover.go         refusals, renewals and retries
//	attempt.go         the preconditions of one attempt
//	subject.go         what a request is for
//	lag.go             objects that are listed but not available yet
//	pauses.go          pauses between renewals that do not help
//	statuses.go        which tokens have worked, and faults that persist
//	once.go            work that requests share
//	tasks.go           background goroutines
//	faults.go          logs each fault of a playlist once
//	failure.go         the errors that players receive
//
// What does not: renditions and their playlists (backend/playback), hosts that have had too many requests (backend/busyhosts),
// the meaning of a status or a body (backend/response), the rules of every request (backend/httpclient), how a token is renewed
// (backend/refresh, seen as Streams).
//
// A Fetcher does not depend on the stream that it fetches for. Its mutex is innermost: nothing else is locked while it is
// held.
package fetch
