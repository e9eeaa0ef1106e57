// Package httpclient is the one client for requests to sites and CDNs. Playback, extraction, health checks and calendars all
// fetch through it, so that each rule has one place:
//
//   - header.go: which of the headers that a source names are sent at all.
//   - inherit.go: the parameters of a playlist that its children may need.
//   - encoding.go: the content decoding, by what the bytes are rather than by what the header claims.
//   - retry.go: Retry-After.
//   - client.go: the client; its redirects obey the rules at every hop.
//   - policy.go: how a source's settings make a client.
//   - document.go: a whole document that the user's configuration names.
//
// How an address is read, and to which hosts secrets go, is in backend/weburl; cookies are in backend/cookies. The client
// connects to nothing itself: the guarded transports of backend/upstream do. What an answer means (a refusal, a playlist, a
// page) is decided in backend/response.
package httpclient
