//go:build !linux

package instance

import "context"

// Instance is this program's claim to be the one window over its data folder. Here Wails' own lock does it.
type Instance struct{}

// Claim does nothing here.
func Claim(context.Context, string, []string) (*Instance, error) { return &Instance{}, nil }

// Serve does nothing here.
func (*Instance) Serve(func(Start) error) {}

// Close does nothing here.
func (*Instance) Close() {}
