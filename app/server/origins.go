//go:build !dev

package server

// developmentOrigins are the origins of development servers. A release trusts none: any project's page may stand at such
// a port.
var developmentOrigins []string
