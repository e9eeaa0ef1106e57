//go:build !(desktop || dev) && !linux

package notify

import (
	"context"
	"errors"
	"log/slog"
)

// SystemOptions are the parts of a System.
type SystemOptions struct {
	Click func(Action)
	Icon  []byte
	Log   *slog.Logger
}

// System shows nothing in a build without a window.
type System struct{}

// NewSystem makes a System.
func NewSystem(SystemOptions) *System { return &System{} }

// Attach does nothing.
func (*System) Attach(context.Context) {}

// Close does nothing.
func (*System) Close() {}

// Send returns an error.
func (*System) Send(Message) error { return errors.New("this build has no notifications") }
