package source

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settleTime is how long the folder must be quiet before it is read: editors write a file in several steps.
	settleTime = 150 * time.Millisecond
	// settleMost bounds that wait where a file is written without a pause.
	settleMost = time.Second
	// pollWatched is how often a watched folder is read all the same: links to files elsewhere, network drives and a
	// folder that was moved away give no event.
	pollWatched = 15 * time.Second
	// pollUnwatched is how often a folder is read that cannot be watched.
	pollUnwatched = 2 * time.Second
)

// Watch reads the folder anew whenever a file in it changes, until ctx ends. Where the folder cannot be watched (no
// such folder, no inotify watches left, a network drive) it is read every two seconds.
func (d *Dir) Watch(ctx context.Context) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		d.opts.Log.Warn("source files are polled, for they cannot be watched", "folder", d.opts.Path, "error", err)
		d.poll(ctx)
		return
	}
	defer w.Close()
	d.watch(ctx, w)
}

func (d *Dir) poll(ctx context.Context) {
	tick := time.NewTicker(pollUnwatched)
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

func (d *Dir) watch(ctx context.Context, w *fsnotify.Watcher) {
	warned := false
	// add watches the folder, and returns how long to wait before the next look. Adding a folder twice does no harm,
	// and brings back one that was removed and made anew.
	add := func() time.Duration {
		err := w.Add(d.opts.Path)
		if err == nil {
			warned = false
			return pollWatched
		}
		if !warned {
			d.opts.Log.Warn("source files are polled, for their folder cannot be watched", "folder", d.opts.Path, "error", err)
			warned = true
		}
		return pollUnwatched
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
				look.Reset(settleTime)
			}
			if settle == nil {
				since = time.Now()
			}
			if settle == nil || time.Since(since) < settleMost {
				settle = time.After(settleTime)
			}
		case err, ok := <-w.Errors:
			if !ok {
				return
			}
			// Events were lost: read the folder as it is.
			d.opts.Log.Debug("watching the source files", "error", err)
			settle = time.After(settleTime)
		case <-settle:
			settle = nil
			d.reload()
		case <-look.C:
			look.Reset(add())
			d.reload()
		}
	}
}
