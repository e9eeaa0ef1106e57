// Package busyhosts remembers which hosts and addresses must not be requested, and for how long: after a 429, and after a 503
// with Retry-After.
//
// What does not live here: sending requests and waiting (backend/fetch), what a status means (backend/response), how a
// Retry-After header is read (backend/httpclient).
package busyhosts
