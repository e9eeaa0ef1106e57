//go:build !(desktop || dev) && !linux

package notify

import (
	"context"
	"errors"
	"log/slog"
)

// SystemOptions configure a System.
type SystemOptions struct {
	Click func(Action)
	Icon  []byte
	Log   *slog.Logger
}

// System is the Sender of builds without a window, which cannot show messages.
type System struct{}

// NewSystem returns a System.
func NewSystem(SystemOptions) *System { return &System{} }

// Attach does nothing.
func (*System) Attach(context.Context) {}

// Close does nothing.
func (*System) Close() {}

// Send always returns an error.
func (*System) Send(Message) error { return errors.New("this build has no notifications") }
