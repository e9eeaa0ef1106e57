//go:build !unix

package server

// fileLimit is how many files the process may open.
func fileLimit() int { return 2 * mostConns }
