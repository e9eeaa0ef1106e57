//go:build !dev

package server

// developmentOrigins are the origins of development servers. A release trusts none, because any project may use such a port.
var developmentOrigins []string
