// Package weburl reads web addresses as browsers do, and decides which hosts secrets may be sent to.
//
//   - address.go, host.go: from an address as people write it (in a source file, a playlist, a Location header) to the request
//     that a browser would send (WHATWG URL), with the bytes of tokens unchanged.
//   - literal.go: IP addresses in all their spellings.
//   - scope.go: the registrable domain that a secret was given for, and the domains of stream_hosts.
//
// What does not live here: requests (backend/httpclient) and connections (backend/upstream).
package weburl
