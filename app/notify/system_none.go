//go:build !(desktop || dev) && !linux

package notify

import (
	"context"
	"errors"
	"log/slog"
)

// SystemOptions are what a System stands on.
type SystemOptions struct {
	Click func(Action)
	Icon  []byte
	Log   *slog.Logger
}

// System tells nothing in a build without a window.
type System struct{}

// NewSystem makes a System.
func NewSystem(SystemOptions) *System { return &System{} }

// Attach does nothing.
func (*System) Attach(context.Context) {}

// Close does nothing.
func (*System) Close() {}

// Send tells nobody.
func (*System) Send(Message) error { return errors.New("this build has no notifications") }
