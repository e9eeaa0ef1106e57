package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gridwall/backend/httpclient"
	"gridwall/backend/ics"
	"gridwall/backend/jsoncal"
	"gridwall/backend/schedule"
	"gridwall/backend/season"
	"gridwall/backend/settings"
	"gridwall/backend/store"
)

// calendarTimeout bounds the fetching of one document of a calendar.
const calendarTimeout = 20 * time.Second

// Schedule builds the service of the calendars in set, which stores nothing and detects no session over time.
func (b *Base) Schedule(set []settings.Calendar, chosen bool) *schedule.Service {
	return b.schedule(nil, set, chosen, nil)
}

// schedule builds the service of the calendars in set. db and moving are nil where nothing is stored and no session is
// followed over time.
func (b *Base) schedule(db *store.Store, set []settings.Calendar, chosen bool, moving schedule.Moving) *schedule.Service {
	var kept schedule.Store
	if db != nil {
		kept = calendarRecords{db}
	}
	s := schedule.New(schedule.Options{Providers: b.providers(set, chosen), Store: kept, Log: b.o.Log, Moving: moving})
	s.SetOverrides(b.readOverrides())
	return s
}

// providers are the calendars that are set, and the demo's while there is an enabled source of the kind demo. With --demo
// nobody else is asked, unless somebody chose the calendars himself.
func (b *Base) providers(set []settings.Calendar, chosen bool) []schedule.Provider {
	var out []schedule.Provider
	if !b.o.Demo || chosen {
		for _, s := range set {
			out = append(out, schedule.Shown(b.provider(s), schedule.Look{Name: s.Name, Color: s.Color}))
		}
	}
	if b.hasDemo() {
		out = append(out, schedule.Demo())
	}
	// One calendar named twice is one calendar.
	seen := map[string]bool{}
	unique := out[:0]
	for _, p := range out {
		if !seen[p.Key()] {
			seen[p.Key()] = true
			unique = append(unique, p)
		}
	}
	return unique
}

func (b *Base) provider(s settings.Calendar) schedule.Provider {
	switch {
	case s.Kind == "jolpica":
		return jsoncal.NewJolpica(s.URL, b.fetch)
	case s.Kind == "f1calendar":
		return jsoncal.NewF1Calendar(s.URL, s.Series, b.fetch)
	case s.Kind == "ics" && s.Text != "":
		return ics.New("copy:"+s.Copy, s.Series, func(context.Context, string) ([]byte, error) { return []byte(s.Text), nil })
	case s.Kind == "ics" && s.Path != "":
		file := calendarFile(b.o.Paths.Config, s.Path)
		return ics.New(file, s.Series, func(context.Context, string) ([]byte, error) { return readCalendarFile(file) })
	case s.Kind == "ics":
		return ics.New(s.URL, s.Series, b.fetch)
	}
	return schedule.Demo()
}

// Key and Try let the facade read a calendar before it is kept.
func (b *Base) Key(s settings.Calendar) string { return b.provider(s).Key() }

// Try reads a calendar once.
func (b *Base) Try(ctx context.Context, s settings.Calendar) (events []season.Event, err error) {
	ctx, cancel := context.WithTimeout(ctx, calendarTimeout)
	defer cancel()
	return schedule.Read(ctx, b.provider(s), time.Now())
}

// calendarFile is where a path of the configuration leads: from the folder of config.toml, or from the user's own.
func calendarFile(folder, path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(folder, path)
}

// readCalendarFile reads a calendar from the disk. It is looked at before it is opened: a named pipe would block.
func readCalendarFile(file string) ([]byte, error) {
	return readRegular(file, season.MaxBody, season.ErrTooLarge)
}

// readRegular reads a regular file of at most most bytes.
func readRegular(file string, most int64, large error) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file", file)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, bare(err))
	case info.IsDir():
		return nil, fmt.Errorf("%s: it is a folder, not a file", file)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: it is no regular file", file)
	case info.Size() > most:
		return nil, fmt.Errorf("%s: %w", file, large)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, bare(err))
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(body)) > most {
		err = large
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, bare(err))
	}
	return body, nil
}

// bare is an error of the file system without the path that it repeats.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// fetch returns a calendar's document.
func (b *Base) fetch(ctx context.Context, rawURL string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, calendarTimeout)
	defer cancel()
	return httpclient.Document(ctx, b.pool, rawURL, season.MaxBody, season.ErrTooLarge)
}
