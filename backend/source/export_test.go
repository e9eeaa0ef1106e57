package source

import "context"

// Unmarked is s without the places of its keys, so that tests can compare it.
func Unmarked(s Source) Source {
	s.positions = nil
	return s
}

// Poll is Watch without a watcher.
var Poll = func(ctx context.Context, d *Dir) { d.reloadOnTimer(ctx) }

// SetEnabled is the edit of Enable.
var SetEnabled = setEnabled
