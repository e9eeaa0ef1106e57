//go:build !linux

package instance

import "context"

// Instance is this program's claim to be the only window over its data folder. On this system Wails' own lock is used instead.
type Instance struct{}

// Claim does nothing here.
func Claim(context.Context, string, []string) (*Instance, error) { return &Instance{}, nil }

// Serve does nothing here.
func (*Instance) Serve(func(Start) error) {}

// Close does nothing here.
func (*Instance) Close() {}
