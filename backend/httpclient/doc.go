// Package httpclient is the only client for requests to sites and CDNs. Playback, extraction, health checks and calendars all
// use it, so that each rule has one place:
//
//   - header.go: which headers of a source are sent at all.
//   - inherit.go: the parameters of a playlist that its children may need.
//   - encoding.go: decompression, by the bytes rather than by the header.
//   - retry.go: Retry-After.
//   - client.go: the client; its redirects obey the rules at every hop.
//   - policy.go: a client from a source's settings.
//   - document.go: a whole document whose address is in the user's configuration.
//
// What does not live here: parsing addresses, and the hosts that secrets may be sent to (backend/weburl); cookies
// (backend/cookies); connections and the guard against private addresses (backend/upstream); what an answer means, such as a
// refusal, a playlist or a page (backend/response).
package httpclient
