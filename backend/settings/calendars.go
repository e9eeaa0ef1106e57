package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"gridwall/backend/config"
	"gridwall/backend/stream"
)

const (
	// maxCalendars bounds the calendars that clients may set.
	maxCalendars = 40
	// maxCopies bounds the bytes of all stored copies of calendar files together.
	maxCopies = 8 << 20
)

// Calendar configures one calendar: the keys of a [[schedule]] table in config.toml, or with Text a copy of an iCalendar
// file that a client uploaded, which Copy names.
type Calendar struct {
	Kind   string `json:"kind"`
	URL    string `json:"url,omitempty"`
	Path   string `json:"path,omitempty"`
	Series string `json:"series,omitempty"`
	Name   string `json:"name,omitempty"`
	Color  string `json:"color,omitempty"`
	Text   string `json:"text,omitempty"`
	Copy   string `json:"copy,omitempty"`
}

// Calendars is the list of calendars in force: that of config.toml, else the one that clients saved, else the default. It
// is safe for concurrent use.
type Calendars struct {
	file config.Config
	docs documents
	log  *slog.Logger
	demo bool // the default is an empty list

	mu   sync.Mutex
	kept []Calendar // what clients saved, nil for nothing; replaced, never changed in place
}

// LoadCalendars reads the saved calendars. Those that are no longer valid are dropped with a warning. In a demo the default
// is an empty list, so that it makes no requests.
func LoadCalendars(file config.Config, docs documents, demo bool, log *slog.Logger) (*Calendars, error) {
	c := &Calendars{file: file, docs: docs, log: log, demo: demo}
	doc, err := docs.Calendars()
	if err != nil || len(doc) == 0 {
		return c, err
	}
	var list []Calendar
	if err := json.Unmarshal(doc, &list); err != nil || list == nil {
		log.Warn("cannot read the saved calendars; using the default", "error", err)
		return c, nil
	}
	c.kept = []Calendar{}
	for _, s := range list {
		valid, err := s.Normalise()
		if err != nil {
			log.Warn("ignoring a saved calendar that is no longer valid", "kind", s.Kind, "error", err)
			continue
		}
		c.kept = append(c.kept, valid)
	}
	return c, nil
}

// Fixed reports whether config.toml sets the calendars.
func (c *Calendars) Fixed() bool { return c.file.Fixed("schedule") }

// Chosen reports whether the list is a choice of config.toml or of a client rather than the default.
func (c *Calendars) Chosen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Fixed() || c.kept != nil
}

// List returns the calendars in force, with the texts of copies.
func (c *Calendars) List() []Calendar {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.Fixed() && c.kept != nil {
		return c.kept
	}
	if !c.Fixed() && c.demo {
		return nil
	}
	return FromConfig(c.file.Schedule)
}

// FromConfig returns the calendars of config.toml.
func FromConfig(list []config.Schedule) []Calendar {
	out := make([]Calendar, len(list))
	for i, s := range list {
		out[i] = fromSchedule(s)
	}
	return out
}

func fromSchedule(s config.Schedule) Calendar {
	return Calendar{Kind: s.Kind, URL: s.URL, Path: s.Path, Series: s.Series, Name: s.Name, Color: s.Color}
}

// Set replaces the calendars; nil restores the default. It returns ErrFixed, stream.ErrInvalid or stream.ErrTooLarge, and
// changes nothing then. Copies are found as by WithText.
func (c *Calendars) Set(list []Calendar) error {
	if c.Fixed() {
		return stream.Errorf(ErrFixed, "the calendars are set in config.toml, and can be changed there alone")
	}
	if len(list) > maxCalendars {
		return stream.Errorf(stream.ErrInvalid, "there may be %d calendars at most", maxCalendars)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var next []Calendar
	if list != nil {
		next = []Calendar{}
	}
	copies := 0
	for i, s := range list {
		valid, err := c.withText(s).Normalise()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(next, valid.SameCalendar) {
			return stream.Errorf(stream.ErrInvalid, "calendar %d is there already; change that one", i+1)
		}
		if copies += len(valid.Text); copies > maxCopies {
			return stream.Errorf(stream.ErrTooLarge, "the copies of calendar files may have 8 MiB together; delete one first, or name its path")
		}
		next = append(next, valid)
	}
	doc, err := json.Marshal(next)
	if err == nil {
		err = c.docs.SaveCalendars(doc)
	}
	if err != nil {
		return err
	}
	c.kept = next
	return nil
}

// WithText returns s with the text of the stored copy that it names, if there is one.
func (c *Calendars) WithText(s Calendar) Calendar {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.withText(s)
}

// withText returns WithText; the caller holds c.mu.
func (c *Calendars) withText(s Calendar) Calendar {
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

// SameCalendar reports whether both read the same calendar, whatever name and colour they give it.
func (s Calendar) SameCalendar(o Calendar) bool {
	s.Name, s.Color, o.Name, o.Color = "", "", "", ""
	return s == o
}

// Normalise validates s by the rules of config.toml, and returns it as it is stored: webcal:// is https://, and Copy is the
// hash of Text.
func (s Calendar) Normalise() (Calendar, error) {
	if s.Copy != "" && s.Text == "" {
		return s, stream.Errorf(stream.ErrInvalid, "the copy of that calendar is no longer stored; choose the file again")
	}
	keys := map[string]string{"kind": s.Kind, "url": s.URL, "path": s.Path, "series": s.Series, "name": s.Name, "color": s.Color}
	if s.Text != "" {
		if s.Kind != "ics" || s.URL != "" || s.Path != "" {
			return s, stream.Errorf(stream.ErrInvalid, "a text is a calendar of the kind ics, and has neither a url nor a path")
		}
		keys["path"] = "copy"
	}
	valid, err := config.NewSchedule(keys)
	if err != nil {
		return s, stream.Errorf(stream.ErrInvalid, "%w", err)
	}
	out := fromSchedule(valid)
	if s.Text != "" {
		sum := sha256.Sum256([]byte(s.Text))
		out.Path, out.Text, out.Copy = "", s.Text, hex.EncodeToString(sum[:8])
	}
	return out, nil
}
