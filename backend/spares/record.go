package spares

import (
	"encoding/json"
	"time"

	"gridwall/backend/splice"
)

// maxRecords bounds the saved channels, the longest unused ones are left out.
const maxRecords = 200

// record is the state of a channel that survives a restart.
type record struct {
	Feeder string                  `json:"feeder"`
	Since  time.Time               `json:"since"`
	Count  int                     `json:"count,omitempty"`
	Why    string                  `json:"why,omitempty"`
	ByHand bool                    `json:"by_hand,omitempty"`
	Held   bool                    `json:"held,omitempty"`
	Main   bool                    `json:"main,omitempty"`
	Asked  time.Time               `json:"asked"`
	Lines  map[string]*splice.Line `json:"lines,omitempty"`
}

func (s *Service) loadRecords() {
	records := map[string]record{}
	doc, err := s.o.Documents.Splices()
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &records)
	}
	if err != nil {
		s.o.Log.Warn("cannot read which streams are fed by spares; continuing without", "error", err)
		return
	}
	for id, r := range records {
		c := newChannel(s, id)
		c.feeder, c.since, c.count, c.why, c.byHand, c.held, c.main, c.asked = r.Feeder, r.Since, r.Count, r.Why, r.ByHand, r.Held, r.Main, r.Asked
		c.lines = map[string]*splice.Line{}
		for name, l := range r.Lines {
			if l != nil && l.Valid() {
				c.lines[name] = l
			}
		}
		if r.Feeder != "" {
			s.channels[id] = c
		}
	}
}

// save saves the channels that have ever switched.
func (s *Service) save() {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	all := make([]*Channel, 0, len(s.channels))
	for _, c := range s.channels {
		all = append(all, c)
	}
	s.mu.Unlock()
	records := map[string]record{}
	for _, c := range all {
		if r, ok := c.record(); ok {
			records[c.id] = r
		}
	}
	for len(records) > maxRecords {
		oldest := ""
		for id, r := range records {
			if oldest == "" || r.Asked.Before(records[oldest].Asked) {
				oldest = id
			}
		}
		delete(records, oldest)
	}
	doc, err := json.Marshal(records)
	if err == nil {
		err = s.o.Documents.SaveSplices(doc)
	}
	if err != nil {
		s.o.Log.Error("cannot save which streams are fed by spares; it will be lost on restart", "error", err)
	}
}

// record returns what is saved of a channel; ok is false if that is nothing.
func (c *Channel) record() (r record, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines == nil {
		return r, false
	}
	r = record{Feeder: c.feeder, Since: c.since, Count: c.count, Why: c.why, ByHand: c.byHand, Held: c.held, Main: c.main, Asked: c.asked, Lines: map[string]*splice.Line{}}
	for name, l := range c.lines {
		r.Lines[name] = l.Clone()
	}
	return r, true
}
