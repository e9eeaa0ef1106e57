//go:build unix

package listen

import "syscall"

// fileLimit returns how many files the process may open.
func fileLimit() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 2 * leastConns
	}
	return int(min(uint64(l.Cur), 2*mostConns))
}
