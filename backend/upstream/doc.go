// Package upstream provides the transports for everything that Gridwall fetches. Their waits are bounded, and they refuse
// addresses that a site must not send us to.
//
// The check is made when a connection is dialled, so it sees the address that is really used: names that resolve differently
// the second time, redirects and odd spellings of addresses cannot evade it. A source's settings decide the policy of its
// requests.
//
// What does not live here: requests, redirects and headers (backend/httpclient).
package upstream
