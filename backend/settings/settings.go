package settings

import (
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"gridwall/backend/config"
	"gridwall/backend/stream"
)

// documents stores what clients saved: one document for the settings, one for the calendars; nil if none was saved.
type documents interface {
	Settings() ([]byte, error)
	SaveSettings(doc []byte) error
	Calendars() ([]byte, error)
	SaveCalendars(doc []byte) error
}

// Settings has the current settings. It is safe for concurrent use.
type Settings struct {
	file config.Config
	docs documents
	log  *slog.Logger

	// changing is held during a change and its listeners, so that they see changes in order. It is locked before mu.
	changing sync.Mutex
	onChange []func() // under changing

	mu    sync.Mutex
	saved map[string]string // the settings that clients changed
}

// Load returns the settings of file with the saved ones. Saved ones that are no longer valid are dropped with a warning.
func Load(file config.Config, docs documents, log *slog.Logger) (*Settings, error) {
	s := &Settings{file: file, docs: docs, log: log, saved: map[string]string{}}
	doc, err := docs.Settings()
	if err != nil {
		return nil, err
	}
	if len(doc) > 0 {
		if err := json.Unmarshal(doc, &s.saved); err != nil || s.saved == nil {
			log.Warn("cannot read the saved settings; using the defaults", "error", err)
			s.saved = map[string]string{}
		}
	}
	all := table()
	for key, v := range s.saved {
		var scratch config.Config
		if one, ok := all[key]; !ok || one.set(&scratch, key, v) != nil {
			log.Warn("a saved setting is no longer valid; using its default", "key", key)
			delete(s.saved, key)
		}
	}
	return s, nil
}

// Config returns the current configuration.
func (s *Settings) Config() config.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config()
}

// config is Config; the caller holds s.mu.
func (s *Settings) config() config.Config {
	c := s.file
	all := table()
	for key, v := range s.saved {
		if c.Fixed(key) {
			continue
		}
		if err := all[key].set(&c, key, v); err != nil {
			s.log.Warn("ignoring a saved setting", "key", key, "error", err)
		}
	}
	return c
}

// Get returns the current value of one setting, in the form of Values; "" for an unknown key.
func (s *Settings) Get(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.config()
	return s.value(&c, key)
}

// OnChange registers a function that is called after each change, in the order of the changes. It may read the settings, but must
// not change them.
func (s *Settings) OnChange(f func()) {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.onChange = append(s.onChange, f)
}

// value returns the value of a setting in c, which is a result of s.config; the caller holds s.mu.
func (s *Settings) value(c *config.Config, key string) string {
	one, ok := table()[key]
	if !ok {
		return ""
	}
	if one.field != nil {
		return one.format(c)
	}
	if saved, ok := s.saved[key]; ok {
		return saved
	}
	if len(one.words) == 0 {
		return ""
	}
	return one.words[0]
}

// Values returns the current value of every setting as a user would write it, and the sorted keys of those that config.toml sets.
func (s *Settings) Values() (values map[string]string, fixed []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	values, fixed = map[string]string{}, []string{}
	c := s.config()
	for key := range table() {
		values[key] = s.value(&c, key)
		if c.Fixed(key) {
			fixed = append(fixed, key)
		}
	}
	slices.Sort(fixed)
	return values, fixed
}

// Change changes the given settings, and calls the functions registered with OnChange; nil restores a default. If one value is
// wrong, nothing changes: the error is ErrUnknown, stream.ErrInvalid, or ErrFixed for a key that config.toml sets.
func (s *Settings) Change(changes map[string]*string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if err := s.save(changes); err != nil {
		return err
	}
	for _, f := range s.onChange {
		f()
	}
	return nil
}

// save validates and stores changes. The caller holds s.changing.
func (s *Settings) save(changes map[string]*string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.saved)
	all := table()
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		v := changes[key]
		one, ok := all[key]
		if !ok {
			return stream.Errorf(ErrUnknown, "unknown setting %q", key)
		}
		switch {
		case s.file.Fixed(key):
			if v == nil || *v != one.format(&s.file) { // a client may send back all values that it received
				return stream.Errorf(ErrFixed, "%s is set in config.toml, and can be changed only there", key)
			}
		case v == nil:
			delete(next, key)
		default:
			var scratch config.Config
			if err := one.set(&scratch, key, *v); err != nil {
				return stream.Errorf(stream.ErrInvalid, "%w", err)
			}
			next[key] = *v
		}
	}
	doc, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := s.docs.SaveSettings(doc); err != nil {
		return err
	}
	s.saved = next
	return nil
}
