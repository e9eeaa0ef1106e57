package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"

	"gridwall/backend/config"
)

// The settings, by the names that they have in config.toml; those under "ui." belong to the clients alone.
const (
	KeyRefreshInterval = "refresh.interval"
	KeyExtractInterval = "extract.interval"
	KeyLiveInterval    = "extract.live_interval"
	KeyTimeout         = "extract.timeout"
	KeyCache           = "proxy.cache"
	KeyNotifyBefore    = "notify.before"
	KeyTheme           = "ui.theme"
	KeyClock           = "ui.clock"
)

// Settings answers Settings and PutSettings.
type Settings struct {
	Settings map[string]string `json:"settings" doc:"All settings in force, by their names in config.toml."`
	Fixed    []string          `json:"fixed" nullable:"false" doc:"Those that config.toml sets; they can be changed there alone."`
	Restart  []string          `json:"restart" nullable:"false" doc:"Those whose change takes effect at the next start."`
}

// SettingsChange asks for settings to be changed; those that it does not name stay, null goes back to the default.
// Fixed and Restart are ignored, so that an answer of Settings can be sent back.
type SettingsChange struct {
	Settings map[string]*string `json:"settings" doc:"The settings to change; null: back to the default."`
	Fixed    []string           `json:"fixed,omitempty" doc:"Ignored."`
	Restart  []string           `json:"restart,omitempty" doc:"Ignored."`
}

// setting is one setting: a field of the configuration, or one of a few words that the clients alone understand.
type setting struct {
	field   func(*config.Config) any // *time.Duration, or *int64 for a size in bytes
	words   []string                 // the first is the default
	restart bool
}

// settingsTable is the visible list of settings.
func settingsTable() map[string]setting {
	return map[string]setting{
		KeyRefreshInterval: {field: func(c *config.Config) any { return &c.Refresh.Interval }, restart: true},
		KeyExtractInterval: {field: func(c *config.Config) any { return &c.Extract.Interval }, restart: true},
		KeyLiveInterval:    {field: func(c *config.Config) any { return &c.Extract.LiveInterval }, restart: true},
		KeyTimeout:         {field: func(c *config.Config) any { return &c.Extract.Timeout }, restart: true},
		KeyCache:           {field: func(c *config.Config) any { return &c.Proxy.Cache }, restart: true},
		KeyNotifyBefore:    {field: func(c *config.Config) any { return &c.Notify.Before }},
		KeyTheme:           {words: []string{"system", "dark", "light"}},
		KeyClock:           {words: []string{"local", "track", "utc"}},
	}
}

// lay checks a value and lays it over c. A setting is what a line of config.toml would be, so config.toml's own
// rules judge it.
func (s setting) lay(c *config.Config, key, v string) error {
	if s.field == nil {
		if !slices.Contains(s.words, v) {
			return fmt.Errorf("%s must be one of %s", key, strings.Join(s.words, ", "))
		}
		return nil
	}
	section, name, _ := strings.Cut(key, ".")
	one, err := config.Parse("", fmt.Appendf(nil, "[%s]\n%s = %q\n", section, name, v))
	if err != nil {
		var e *config.Error
		if errors.As(err, &e) {
			return errors.New(e.Msg)
		}
		return err
	}
	switch to := s.field(c).(type) {
	case *time.Duration:
		*to = *s.field(&one).(*time.Duration)
	case *int64:
		*to = *s.field(&one).(*int64)
	}
	return nil
}

// show is the value that the setting has in c, as one would write it.
func (s setting) show(c *config.Config) string {
	switch v := s.field(c).(type) {
	case *time.Duration:
		d := v.String()
		if strings.HasSuffix(d, "m0s") {
			d = strings.TrimSuffix(d, "0s")
		}
		if strings.HasSuffix(d, "h0m") {
			d = strings.TrimSuffix(d, "0m")
		}
		return d
	case *int64:
		return strings.ReplaceAll(humanize.IBytes(uint64(*v)), " ", "")
	}
	return ""
}

// Preferences are config.toml, and beneath it what clients changed. They exist before the facade, because the parts
// that the facade stands on are built by them.
type Preferences struct {
	file config.Config
	docs documents
	log  *slog.Logger

	mu    sync.Mutex
	saved map[string]string // what clients changed
}

// LoadPreferences reads what was saved. What is no longer sound is left out with a warning: what a window saved must
// never keep the program from starting.
func LoadPreferences(file config.Config, docs documents, log *slog.Logger) (*Preferences, error) {
	p := &Preferences{file: file, docs: docs, log: log, saved: map[string]string{}}
	doc, err := docs.Settings()
	if err != nil {
		return nil, err
	}
	if len(doc) > 0 {
		if err := json.Unmarshal(doc, &p.saved); err != nil || p.saved == nil {
			log.Warn("the saved settings cannot be read; the defaults are used", "error", err)
			p.saved = map[string]string{}
		}
	}
	table := settingsTable()
	for key, v := range p.saved {
		var scratch config.Config
		if s, ok := table[key]; !ok || s.lay(&scratch, key, v) != nil {
			log.Warn("a saved setting is not valid any more; its default is used", "key", key)
			delete(p.saved, key)
		}
	}
	return p, nil
}

// Config is the configuration in force.
func (p *Preferences) Config() config.Config {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.config()
}

// config is Config; the caller holds p.mu.
func (p *Preferences) config() config.Config {
	c := p.file
	table := settingsTable()
	for key, v := range p.saved {
		if c.Fixed(key) {
			continue
		}
		if err := table[key].lay(&c, key, v); err != nil {
			p.log.Warn("a saved setting is left out", "key", key, "error", err)
		}
	}
	return c
}

// Settings answers the settings in force, and which of them are fixed by config.toml.
func (a *API) Settings(context.Context) (Settings, error) {
	p := a.o.Preferences
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answer(), nil
}

// answer is what clients are told; the caller holds p.mu.
func (p *Preferences) answer() Settings {
	out := Settings{Settings: map[string]string{}, Fixed: []string{}, Restart: []string{}}
	c := p.config()
	for key, s := range settingsTable() {
		switch saved, ok := p.saved[key]; {
		case s.field != nil:
			out.Settings[key] = s.show(&c)
		case ok:
			out.Settings[key] = saved
		default:
			out.Settings[key] = s.words[0]
		}
		if c.Fixed(key) {
			out.Fixed = append(out.Fixed, key)
		}
		if s.restart {
			out.Restart = append(out.Restart, key)
		}
	}
	slices.Sort(out.Fixed)
	slices.Sort(out.Restart)
	return out
}

// PutSettings changes settings: all that the change names, or, where one of them is wrong, none.
func (a *API) PutSettings(_ context.Context, change SettingsChange) (Settings, error) {
	p := a.o.Preferences
	p.mu.Lock()
	defer p.mu.Unlock()
	next := maps.Clone(p.saved)
	table := settingsTable()
	for _, key := range slices.Sorted(maps.Keys(change.Settings)) {
		v := change.Settings[key]
		s, ok := table[key]
		if !ok {
			return Settings{}, Errorf(CodeInvalid, "there is no setting %q; GET /api/v1/settings lists those there are", key)
		}
		switch {
		case p.file.Fixed(key):
			if v == nil || *v != s.show(&p.file) { // an answer of Settings may be sent back as it is
				return Settings{}, Errorf(CodeFixed, "%s is set in config.toml, and can be changed there alone", key)
			}
		case v == nil:
			delete(next, key)
		default:
			var scratch config.Config
			if err := s.lay(&scratch, key, *v); err != nil {
				return Settings{}, Errorf(CodeInvalid, "%w", err)
			}
			next[key] = *v
		}
	}
	doc, err := json.Marshal(next)
	if err != nil {
		return Settings{}, AsError(err)
	}
	if err := p.docs.SaveSettings(doc); err != nil {
		return Settings{}, AsError(err)
	}
	p.saved = next
	a.o.Apply(p.config())
	return p.answer(), nil
}

// Layouts answers the saved layouts; an empty object where none were saved.
func (a *API) Layouts(context.Context) (Layouts, error) {
	doc, err := a.o.Documents.Layouts()
	if err != nil {
		return nil, AsError(err)
	}
	if len(doc) == 0 {
		return Layouts(`{}`), nil
	}
	return doc, nil
}

// PutLayouts saves the layouts as they come: any JSON object or list of at most MaxBody bytes.
func (a *API) PutLayouts(_ context.Context, doc Layouts) (Layouts, error) {
	if len(doc) > MaxBody {
		return nil, Errorf(CodeTooLarge, "layouts may have %d bytes at most", MaxBody)
	}
	trimmed := strings.TrimSpace(string(doc))
	if !json.Valid(doc) {
		return nil, Errorf(CodeBadRequest, "layouts must be JSON")
	}
	if trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, Errorf(CodeInvalid, "layouts must be a JSON object or a list")
	}
	if err := a.o.Documents.SaveLayouts(doc); err != nil {
		return nil, AsError(err)
	}
	return doc, nil
}
