package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gridwall/backend/schedule"
)

// lookEvery is how often the overrides' file and calendars that are files are looked at: a look at a file's date costs
// nothing, and works on network drives and with editors that put another file in its place.
const lookEvery = 2 * time.Second

var errOverridesLarge = errors.New("the file is larger than 1 MiB")

func (b *Base) overridesFile() string { return filepath.Join(b.o.Paths.Config, schedule.OverridesFile) }

// readOverrides reads what the user says beside the calendars; nothing where there is no file. A file that cannot be read
// is a problem of the schedule's, and never fatal.
func (b *Base) readOverrides() schedule.Overrides {
	file := b.overridesFile()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return schedule.Overrides{}
	}
	text, err := readRegular(file, schedule.MaxOverrides, errOverridesLarge)
	if err != nil {
		return schedule.BrokenOverrides(schedule.OverridesFile, errors.Unwrap(err))
	}
	return schedule.ParseOverrides(file, text, time.Local)
}

// mark tells whether a file has changed: its date and its size; "" where there is none.
func mark(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Mode(), info.Size())
}

// followFiles reads the overrides and calendars that are files anew when they change, until ctx is done. files are the
// calendars' marks from before they were read.
func (a *App) followFiles(ctx context.Context, files map[string]string) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	// What was read when the calendar was made may be older than this mark.
	overrides := mark(a.overridesFile())
	a.calendar.SetOverrides(a.readOverrides())
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := mark(a.overridesFile()); now != overrides {
			overrides = now
			a.calendar.SetOverrides(a.readOverrides())
		}
		now := a.fileMarks()
		for key, m := range now {
			// A calendar that was added may have been read before this first look at it.
			if was, known := files[key]; !known || was != m {
				a.calendar.Reread(key)
			}
		}
		files = now
	}
}

// fileMarks are the marks of the calendars that are files, by the calendars' keys.
func (a *App) fileMarks() map[string]string {
	out := map[string]string{}
	for _, s := range a.calendars.List() {
		if s.Path != "" {
			out[a.Key(s)] = mark(calendarFile(a.o.Paths.Config, s.Path))
		}
	}
	return out
}
