//go:build !(desktop || dev)

package tray

import "log/slog"

// noIcon is the icon of a build without a window.
type noIcon struct{}

func newIcon(func(Item), func(), *slog.Logger) icon { return noIcon{} }

func (noIcon) begin()     {}
func (noIcon) show(Model) {}
func (noIcon) end()       {}
