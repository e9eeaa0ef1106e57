// Package upstream makes the transports by which everything that Gridwall fetches is fetched: bounded in their waits,
// and guarded against addresses that a site has no business to send us to.
//
// The guard stands where a connection is dialled, so that it judges the address which is really connected to: names
// that resolve differently the second time, redirects and odd spellings of addresses gain nothing. Which policy a
// request falls under is said by its source; who fetches what is the business of packages extract and proxy, which
// take a transport through an interface of their own.
package upstream
