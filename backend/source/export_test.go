package source

import "context"

// WithoutPositions returns s without the positions of its keys, so that tests can compare it.
func WithoutPositions(s Source) Source {
	s.positions = nil
	return s
}

// Poll is ReloadOnChange without a watcher.
var Poll = func(ctx context.Context, d *Dir) { d.reloadOnTimer(ctx) }

// SetEnabled is the edit of a file that Enable makes.
var SetEnabled = setEnabled
