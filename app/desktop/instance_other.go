//go:build !linux

package desktop

import "context"

// Instance is this program's claim to be the one window over its data folder. Here Wails' own lock does it.
type Instance struct{}

// Claim does nothing here.
func Claim(context.Context, string, []string) (*Instance, error) { return &Instance{}, nil }

// Serve does nothing here.
func (*Instance) Serve(*Desktop) {}

// Close does nothing here.
func (*Instance) Close() {}

// trayHost is not asked here: the system's own bar shows icons.
func trayHost(context.Context) bool { return true }
