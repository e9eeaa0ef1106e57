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

// Calendar configures one calendar: it has the keys of a [[schedule]] table in config.toml, or Text is an iCalendar file that a
// client uploaded, and Copy the hash that identifies it.
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

// Calendars has the current list of calendars: that of config.toml, otherwise the one that clients saved, otherwise the default.
// It is safe for concurrent use.
type Calendars struct {
	file config.Config
	docs documents
	log  *slog.Logger
	demo bool // the default is an empty list

	mu    sync.Mutex
	saved []Calendar // the list that clients saved, nil for none; replaced, never changed in place
}

// LoadCalendars returns the calendars of file, or the saved ones. Saved ones that are no longer valid are dropped with a warning. In
// a demo the default is an empty list, so that it makes no requests.
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
	c.saved = []Calendar{}
	for _, s := range list {
		valid, err := s.Normalise()
		if err != nil {
			log.Warn("ignoring a saved calendar that is no longer valid", "kind", s.Kind, "error", err)
			continue
		}
		c.saved = append(c.saved, valid)
	}
	return c, nil
}

// Fixed reports whether config.toml sets the calendars.
func (c *Calendars) Fixed() bool { return c.file.Fixed("schedule") }

// Chosen reports whether the list comes from config.toml or a client, and is not the default.
func (c *Calendars) Chosen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Fixed() || c.saved != nil
}

// List returns the current calendars, with the texts of copies.
func (c *Calendars) List() []Calendar {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.Fixed() && c.saved != nil {
		return c.saved
	}
	if !c.Fixed() && c.demo {
		return nil
	}
	return FromConfig(c.file.Schedule)
}

// FromConfig returns the calendars in a list of config.toml.
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

// Set replaces the calendars; nil restores the default. Stored copies are used as in WithText. If the error is ErrFixed,
// stream.ErrInvalid or stream.ErrTooLarge, nothing changes.
func (c *Calendars) Set(list []Calendar) error {
	if c.Fixed() {
		return stream.Errorf(ErrFixed, "the calendars are set in config.toml, and can be changed only there")
	}
	if len(list) > maxCalendars {
		return stream.Errorf(stream.ErrInvalid, "at most %d calendars are allowed", maxCalendars)
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
			return stream.Errorf(stream.ErrInvalid, "calendar %d is already in the list; change that one", i+1)
		}
		if copies += len(valid.Text); copies > maxCopies {
			return stream.Errorf(stream.ErrTooLarge, "the copies of calendar files may have 8 MiB together; delete one first, or use a path")
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
	c.saved = next
	return nil
}

// WithText returns s with the text of the stored copy that s.Copy identifies, if there is one.
func (c *Calendars) WithText(s Calendar) Calendar {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.withText(s)
}

// withText is WithText; the caller holds c.mu.
func (c *Calendars) withText(s Calendar) Calendar {
	if s.Copy == "" || s.Text != "" {
		return s
	}
	for _, k := range c.saved {
		if k.Copy == s.Copy {
			s.Text = k.Text
		}
	}
	return s
}

// SameCalendar reports whether s and o are the same calendar, perhaps with different names and colours.
func (s Calendar) SameCalendar(o Calendar) bool {
	s.Name, s.Color, o.Name, o.Color = "", "", "", ""
	return s == o
}

// Normalise validates s as in config.toml, and returns it as it is stored: with https:// in place of webcal://, and with the hash
// of Text as Copy. The error is stream.ErrInvalid.
func (s Calendar) Normalise() (Calendar, error) {
	if s.Copy != "" && s.Text == "" {
		return s, stream.Errorf(stream.ErrInvalid, "the copy of that calendar is no longer stored; choose the file again")
	}
	keys := map[string]string{"kind": s.Kind, "url": s.URL, "path": s.Path, "series": s.Series, "name": s.Name, "color": s.Color}
	if s.Text != "" {
		if s.Kind != "ics" || s.URL != "" || s.Path != "" {
			return s, stream.Errorf(stream.ErrInvalid, "a calendar with a text must be of the kind ics, without a url and a path")
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
