package source

import "context"

// Unmarked returns s without the positions of its keys, so that tests can compare it.
func Unmarked(s Source) Source {
	s.positions = nil
	return s
}

// Poll is ReloadOnChange without a watcher.
var Poll = func(ctx context.Context, d *Dir) { d.reloadOnTimer(ctx) }

// SetEnabled is the edit that Enable makes.
var SetEnabled = setEnabled
