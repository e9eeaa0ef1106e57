package source

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quietTime is how long the folder must be quiet before it is read: editors write a file in several steps.
	quietTime = 150 * time.Millisecond
	// maxQuietWait bounds that wait if files are written without a pause.
	maxQuietWait = time.Second
	// watchedInterval is how often a watched folder is read without an event: links to files elsewhere, network drives and a
	// folder that was moved away cause none.
	watchedInterval = 15 * time.Second
	// unwatchedInterval is how often a folder that cannot be watched is read.
	unwatchedInterval = 2 * time.Second
)

// ReloadOnChange reads the folder again whenever a file in it changes, until ctx ends. A folder that cannot be watched (it does
// not exist, there are no inotify watches left, it is on a network drive) is read every two seconds.
func (d *Dir) ReloadOnChange(ctx context.Context) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		d.opts.Log.Warn("cannot watch source files; polling them", "folder", d.opts.Path, "error", err)
		d.reloadOnTimer(ctx)
		return
	}
	defer w.Close()
	d.reloadOnEvents(ctx, w)
}

func (d *Dir) reloadOnTimer(ctx context.Context) {
	tick := time.NewTicker(unwatchedInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.reload()
		}
	}
}

func (d *Dir) reloadOnEvents(ctx context.Context, w *fsnotify.Watcher) {
	warned := false
	// add watches the folder, and returns how long to wait before the next check. Adding a folder twice is harmless, and
	// necessary if it was removed and created again.
	add := func() time.Duration {
		err := w.Add(d.opts.Path)
		if err == nil {
			warned = false
			return watchedInterval
		}
		if !warned {
			d.opts.Log.Warn("cannot watch the folder of source files; polling it", "folder", d.opts.Path, "error", err)
			warned = true
		}
		return unwatchedInterval
	}
	recheck := time.NewTimer(add())
	defer recheck.Stop()
	// Something may have changed between New and here.
	d.reload()
	var quiet <-chan time.Time
	var since time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case ev, ok := <-w.Events:
			if !ok {
				return
			}
			if ev.Name == d.opts.Path {
				recheck.Reset(quietTime)
			}
			if quiet == nil {
				since = time.Now()
			}
			if quiet == nil || time.Since(since) < maxQuietWait {
				quiet = time.After(quietTime)
			}
		case err, ok := <-w.Errors:
			if !ok {
				return
			}
			// Events were lost: read the folder as it is.
			d.opts.Log.Debug("watching the source files", "error", err)
			quiet = time.After(quietTime)
		case <-quiet:
			quiet = nil
			d.reload()
		case <-recheck.C:
			recheck.Reset(add())
			d.reload()
		}
	}
}
