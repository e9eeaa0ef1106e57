//go:build !linux

package browser

// ownerOf works on Linux only.
func ownerOf(remote, local string) (uid int, known bool) { return 0, false }

// ownersKnown reports whether the system reports which user owns a connection.
func ownersKnown() bool { return false }
