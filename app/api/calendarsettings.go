package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"gridwall/backend/config"
)

const (
	// maxCalendars bounds the calendars that clients may set.
	maxCalendars = 40
	// maxCopies bounds the bytes of all calendars of which a copy is kept.
	maxCopies = 8 << 20
)

// CalendarSetting is a calendar as it is set: the keys that [[schedule]] has in config.toml, or a copy of a file that
// somebody chose.
type CalendarSetting struct {
	Kind   string `json:"kind" enum:"jolpica,f1calendar,ics,demo"`
	URL    string `json:"url,omitempty" doc:"Where it is fetched from; absent: the kind's own place."`
	Path   string `json:"path,omitempty" doc:"With kind ics: a file where Gridwall runs; absolute, beginning with ~/, or from the folder of config.toml."`
	Series string `json:"series,omitempty" doc:"Which series it is, or how it is named."`
	Name   string `json:"name,omitempty"`
	Color  string `json:"color,omitempty" doc:"#rrggbb, or red, orange, yellow, green, teal, blue, purple, pink, brown, grey."`
	Text   string `json:"text,omitempty" doc:"With kind ics, in place of url and path: the calendar itself, of which a copy is kept. Never answered."`
	Copy   string `json:"copy,omitempty" doc:"Names the copy that is kept."`
}

// CalendarSettings are the calendars: those of config.toml, else those that clients set, else the default.
type CalendarSettings struct {
	file config.Config
	docs documents
	log  *slog.Logger
	demo bool // nobody is asked by default

	mu   sync.Mutex
	kept []CalendarSetting // nil: nobody set any; replaced, never changed in place
}

// LoadCalendars reads what was set. What is no longer sound is left out with a warning. In a demo the default is none, so
// that nobody is asked.
func LoadCalendars(file config.Config, docs documents, demo bool, log *slog.Logger) (*CalendarSettings, error) {
	c := &CalendarSettings{file: file, docs: docs, log: log, demo: demo}
	doc, err := docs.Calendars()
	if err != nil || len(doc) == 0 {
		return c, err
	}
	var list []CalendarSetting
	if err := json.Unmarshal(doc, &list); err != nil || list == nil {
		log.Warn("the saved calendars cannot be read; the default is used", "error", err)
		return c, nil
	}
	c.kept = []CalendarSetting{}
	for _, s := range list {
		sound, err := s.check()
		if err != nil {
			log.Warn("a saved calendar is not valid any more; it is left out", "kind", s.Kind, "error", err)
			continue
		}
		c.kept = append(c.kept, sound)
	}
	return c, nil
}

// Fixed tells whether config.toml sets the calendars.
func (c *CalendarSettings) Fixed() bool { return c.file.Fixed("schedule") }

// Chosen tells whether somebody chose them, in config.toml or elsewhere.
func (c *CalendarSettings) Chosen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Fixed() || c.kept != nil
}

// List are the calendars in force, with the texts of copies.
func (c *CalendarSettings) List() []CalendarSetting {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.Fixed() && c.kept != nil {
		return c.kept
	}
	if !c.Fixed() && c.demo {
		return nil
	}
	return ScheduleSettings(c.file.Schedule)
}

// ScheduleSettings are the calendars of config.toml.
func ScheduleSettings(list []config.Schedule) []CalendarSetting {
	out := make([]CalendarSetting, len(list))
	for i, s := range list {
		out[i] = fromSchedule(s)
	}
	return out
}

func fromSchedule(s config.Schedule) CalendarSetting {
	return CalendarSetting{Kind: s.Kind, URL: s.URL, Path: s.Path, Series: s.Series, Name: s.Name, Color: s.Color}
}

// set replaces the calendars; nil goes back to the default. A copy that a setting names must be one that is kept.
func (c *CalendarSettings) set(list []CalendarSetting) error {
	if c.Fixed() {
		return Errorf(CodeFixed, "the calendars are set in config.toml, and can be changed there alone")
	}
	if len(list) > maxCalendars {
		return Errorf(CodeInvalid, "there may be %d calendars at most", maxCalendars)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var next []CalendarSetting
	if list != nil {
		next = []CalendarSetting{}
	}
	copies := 0
	for i, s := range list {
		s = c.withText(s)
		sound, err := s.check()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(next, sound.same) {
			return Errorf(CodeInvalid, "calendar %d is there already; change that one", i+1)
		}
		if copies += len(sound.Text); copies > maxCopies {
			return Errorf(CodeTooLarge, "the copies of calendar files may have 8 MiB together; delete one first, or name its path")
		}
		next = append(next, sound)
	}
	doc, err := json.Marshal(next)
	if err == nil {
		err = c.docs.SaveCalendars(doc)
	}
	if err != nil {
		return AsError(err)
	}
	c.kept = next
	return nil
}

// withText gives a setting that names a copy the copy. The caller holds c.mu.
func (c *CalendarSettings) withText(s CalendarSetting) CalendarSetting {
	if s.Copy == "" || s.Text != "" {
		return s
	}
	for _, k := range c.kept {
		if k.Copy == s.Copy {
			s.Text = k.Text
		}
	}
	return s
}

// same tells whether two settings read the same calendar.
func (s CalendarSetting) same(o CalendarSetting) bool {
	s.Name, s.Color, o.Name, o.Color = "", "", "", ""
	return s == o
}

// check judges a setting by config.toml's own rules.
func (s CalendarSetting) check() (CalendarSetting, error) {
	if s.Copy != "" && s.Text == "" {
		return s, Errorf(CodeInvalid, "the copy of that calendar is not here any more; choose the file again")
	}
	keys := map[string]string{"kind": s.Kind, "url": s.URL, "path": s.Path, "series": s.Series, "name": s.Name, "color": s.Color}
	if s.Text != "" {
		if s.Kind != "ics" || s.URL != "" || s.Path != "" {
			return s, Errorf(CodeInvalid, "a text is a calendar of the kind ics, and has neither a url nor a path")
		}
		keys["path"] = "copy"
	}
	sound, err := config.NewSchedule(keys)
	if err != nil {
		return s, Errorf(CodeInvalid, "%w", err)
	}
	out := fromSchedule(sound)
	if s.Text != "" {
		sum := sha256.Sum256([]byte(s.Text))
		out.Path, out.Text, out.Copy = "", s.Text, hex.EncodeToString(sum[:8])
	}
	return out, nil
}
