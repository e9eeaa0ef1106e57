package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"gridwall/backend/config"
)

// Preferences are config.toml, and beneath it what clients changed. They exist before the facade, because the parts
// that the facade stands on are built by them.
type Preferences struct {
	file config.Config
	docs documents
	log  *slog.Logger

	// changing is held through a whole change, so that those who are told hear of changes in their order. It is taken
	// before mu.
	changing sync.Mutex
	onChange []func(map[string]string) // under changing

	mu    sync.Mutex
	saved map[string]string // what clients changed
	rules ruleset           // those of config.toml, and what clients saved
	// openings are the sessions at whose start the grid opens by itself, or does not, whatever the setting says.
	openings map[string]opening
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
	if err := p.loadRules(); err != nil {
		return nil, err
	}
	return p, p.loadOpenings()
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

// Get is the value in force of one setting, as Settings answers it; "" for a name that is no setting.
func (p *Preferences) Get(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.config()
	return p.value(&c, key)
}

// OnChange registers a function that is told all settings in force after each change, in the order of the changes. It
// may read the preferences, and must not change them.
func (p *Preferences) OnChange(f func(inForce map[string]string)) {
	p.changing.Lock()
	defer p.changing.Unlock()
	p.onChange = append(p.onChange, f)
}

// value is what the setting is in c, which p.config gave; the caller holds p.mu.
func (p *Preferences) value(c *config.Config, key string) string {
	s, ok := settingsTable()[key]
	if !ok {
		return ""
	}
	if s.field != nil {
		return s.show(c)
	}
	if saved, ok := p.saved[key]; ok {
		return saved
	}
	return s.words[0]
}

// Settings answers the settings in force, and which of them are fixed by config.toml.
func (a *API) Settings(context.Context) (Settings, error) {
	return a.o.Preferences.answer(), nil
}

// answer is what clients are told.
func (p *Preferences) answer() Settings {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := Settings{Settings: map[string]string{}, Fixed: []string{}, Restart: []string{}}
	c := p.config()
	for key := range settingsTable() {
		out.Settings[key] = p.value(&c, key)
		if c.Fixed(key) {
			out.Fixed = append(out.Fixed, key)
		}
	}
	slices.Sort(out.Fixed)
	return out
}

// PutSettings changes settings: all that the change names, or, where one of them is wrong, none.
func (a *API) PutSettings(_ context.Context, change SettingsChange) (Settings, error) {
	p := a.o.Preferences
	p.changing.Lock()
	defer p.changing.Unlock()
	if err := p.change(change); err != nil {
		return Settings{}, err
	}
	a.o.Apply(p.Config())
	out := p.answer()
	for _, f := range p.onChange {
		f(maps.Clone(out.Settings))
	}
	return out, nil
}

// change saves a change, or refuses it as a whole. The caller holds p.changing.
func (p *Preferences) change(change SettingsChange) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := maps.Clone(p.saved)
	table := settingsTable()
	for _, key := range slices.Sorted(maps.Keys(change.Settings)) {
		v := change.Settings[key]
		s, ok := table[key]
		if !ok {
			return Errorf(CodeInvalid, "there is no setting %q; GET /api/v1/settings lists those there are", key)
		}
		switch {
		case p.file.Fixed(key):
			if v == nil || *v != s.show(&p.file) { // an answer of Settings may be sent back as it is
				return Errorf(CodeFixed, "%s is set in config.toml, and can be changed there alone", key)
			}
		case v == nil:
			delete(next, key)
		default:
			var scratch config.Config
			if err := s.lay(&scratch, key, *v); err != nil {
				return Errorf(CodeInvalid, "%w", err)
			}
			next[key] = *v
		}
	}
	doc, err := json.Marshal(next)
	if err != nil {
		return AsError(err)
	}
	if err := p.docs.SaveSettings(doc); err != nil {
		return AsError(err)
	}
	p.saved = next
	return nil
}
