//go:build !linux

package machine

import "context"

// trayHost returns true: the system's own bar shows icons.
func trayHost(context.Context) bool { return true }
