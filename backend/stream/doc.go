// Package stream holds the types that all packages share (streams, their health, their upstream addresses, refusals) and the
// sentinel errors that cross packages. It redacts texts before they are shown, by the grammar of backend/token. It imports no
// other package of Gridwall, and uses no network, disk or clock.
package stream
