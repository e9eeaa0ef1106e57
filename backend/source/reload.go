package source

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quietTime is how long the folder must be quiet before it is read: editors write a file in several steps.
	quietTime = 150 * time.Millisecond
	// maxQuietWait limits that wait if files are written without a pause.
	maxQuietWait = time.Second
	// watchedInterval is how often a watched folder is read regardless: links to files elsewhere, network drives and a folder
	// that was moved away give no event.
	watchedInterval = 15 * time.Second
	// unwatchedInterval is how often a folder is read that cannot be watched.
	unwatchedInterval = 2 * time.Second
)

// ReloadOnChange reads the folder again whenever a file in it changes, until ctx ends. If the folder cannot be watched (no such
// folder, no inotify watches left, a network drive) it is read every two seconds.
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
	// add watches the folder, and returns how long to wait before the next check. Adding a folder twice is harmless,
	// and watches one again that was removed and created again.
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
	look := time.NewTimer(add())
	defer look.Stop()
	// Something may have changed between New and here.
	d.reload()
	var settle <-chan time.Time
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
				look.Reset(quietTime)
			}
			if settle == nil {
				since = time.Now()
			}
			if settle == nil || time.Since(since) < maxQuietWait {
				settle = time.After(quietTime)
			}
		case err, ok := <-w.Errors:
			if !ok {
				return
			}
			// Events were lost: read the folder as it is.
			d.opts.Log.Debug("watching the source files", "error", err)
			settle = time.After(quietTime)
		case <-settle:
			settle = nil
			d.reload()
		case <-look.C:
			look.Reset(add())
			d.reload()
		}
	}
}
