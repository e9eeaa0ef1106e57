// Package httpclient holds the rules that every request to a site or a CDN obeys, and the client that applies them.
// Playback, extraction, health checks and calendars all fetch through it, so that one rule has one place:
//
//   - address.go, host.go: how an address as people write it (in a source file, a playlist, a Location header) becomes the
//     request line that a browser would send (WHATWG URL), token bytes untouched.
//   - header.go: which of the headers that a source names are sent at all.
//   - scope.go: to which hosts secrets go: the registrable domain that they were given for, and what stream_hosts names.
//   - inherit.go: the parameters of a playlist that its children may need.
//   - jar.go, setcookie.go: cookies, kept and sent byte for byte, in bounds.
//   - cookiestxt.go, filejar.go: cookies.txt, and the jar that follows it.
//   - encoding.go: the content decoding, by what the bytes are rather than by what the header claims.
//   - retry.go: Retry-After.
//   - describe.go: errors as users may read them.
//   - client.go: the client; its redirects obey the rules above at every hop.
//   - policy.go: how a source's settings make a client.
//   - document.go: a whole document that the user's configuration names.
//
// It dials nothing: package upstream's guarded transports do. What an answer means (a refusal, a playlist, a page) is
// the business of the packages that ask.
package httpclient
