//go:build !linux

package machine

import "context"

// trayHost returns true: the tray is part of the system.
func trayHost(context.Context) bool { return true }
