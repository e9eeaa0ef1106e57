package schedule

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gridwall/backend/ics"
	"gridwall/backend/jsoncal"
	"gridwall/backend/season"
)

// tryTimeout limits a trial of one calendar.
const tryTimeout = 20 * time.Second

// Setting configures one calendar.
type Setting struct {
	// Kind is "jolpica", "f1calendar", "ics" or "demo".
	Kind string
	// URL is where the calendar is fetched from; "" for the kind's public address.
	URL string
	// Path is the file of a calendar of kind ics: absolute, beginning with ~/, or relative to Calendars.Folder.
	Path string
	// Series names the series; "" for the calendar's own name.
	Series string
	// Name and Color are how the user marks the calendar's events; "" for none.
	Name, Color string
	// Text is a stored copy of a calendar of kind ics, used instead of URL and Path. Copy identifies it.
	Text string
	Copy string
}

// Calendars turns settings into providers.
type Calendars struct {
	// Folder is the folder of config.toml.
	Folder string
	// Fetch gets calendars over the network.
	Fetch season.Fetch
}

// Providers returns the providers of settings. Of two that read the same calendar the first counts.
func (c Calendars) Providers(list []Setting) []Provider {
	var out []Provider
	seen := map[string]bool{}
	for _, s := range list {
		p := c.Provider(s)
		if !seen[p.Key()] {
			seen[p.Key()] = true
			out = append(out, WithStyle(p, Style{Name: s.Name, Color: s.Color}))
		}
	}
	return out
}

// Provider returns the provider of a setting.
func (c Calendars) Provider(s Setting) Provider {
	switch {
	case s.Kind == "jolpica":
		return jsoncal.NewJolpica(s.URL, c.Fetch)
	case s.Kind == "f1calendar":
		return jsoncal.NewF1Calendar(s.URL, s.Series, c.Fetch)
	case s.Kind == "ics" && s.Text != "":
		return ics.New("copy:"+s.Copy, s.Series, func(context.Context, string) ([]byte, error) { return []byte(s.Text), nil })
	case s.Kind == "ics" && s.Path != "":
		return ics.New(c.File(s.Path), s.Series, func(_ context.Context, file string) ([]byte, error) { return readCalendarFile(file) })
	case s.Kind == "ics":
		return ics.New(s.URL, s.Series, c.Fetch)
	}
	return Demo()
}

// Key returns the key of the calendar that a setting means, as State has it.
func (c Calendars) Key(s Setting) string { return c.Provider(s).Key() }

// Try reads the calendar of a setting once and stores nothing.
func (c Calendars) Try(ctx context.Context, s Setting) ([]season.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	return Read(ctx, c.Provider(s), time.Now())
}

// File resolves the path of a calendar file.
func (c Calendars) File(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.Folder, path)
}
