//go:build !unix

package listen

// fileLimit returns how many files the process may open.
func fileLimit() int { return 2 * mostConns }
