package spares

import (
	"encoding/json"
	"slices"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/stream"
)

const (
	// maxSpares bounds the spares of a stream that a user sets, maxByRule those that a rule finds.
	maxSpares, maxByRule = 20, 8
	// maxChoices bounds the streams whose spares are set by hand.
	maxChoices = 2000
	// listAge is how long the spares by rule are used although the streams have changed.
	listAge = 10 * time.Second
	// minBack and maxBack bound Choice.BackAfter, in seconds.
	minBack, maxBack = 60, 86400
)

// choice is a stream's spares as a user set them.
type choice struct {
	StreamIDs []string `json:"stream_ids"`
	BackAfter int      `json:"back_after,omitempty"`
}

// ruled is a stream's spares by rule.
type ruled struct {
	epoch int
	at    time.Time // when they were found
	ids   []string
	back  time.Duration
}

func (s *Service) loadChoices() {
	doc, err := s.o.Documents.Spares()
	if err == nil && len(doc) > 0 {
		err = json.Unmarshal(doc, &s.choices)
	}
	if err != nil || s.choices == nil {
		s.o.Log.Warn("cannot read the saved spares; continuing without them", "error", err)
		s.choices = map[string]choice{}
	}
}

// Choose sets the spares of a stream by hand, or lets the rules decide again.
func (s *Service) Choose(id string, c Choice) (List, error) {
	if _, ok := s.o.Streams.Stream(id); !ok {
		return List{}, stream.ErrUnknownStream
	}
	if len(c.StreamIDs) > maxSpares {
		return List{}, stream.Errorf(stream.ErrInvalid, "there are %d spares; at most %d are allowed", len(c.StreamIDs), maxSpares)
	}
	if c.BackAfter != 0 && (c.BackAfter < minBack || c.BackAfter > maxBack) {
		return List{}, stream.Errorf(stream.ErrInvalid, "back_after must be 0, or between %d and %d seconds", minBack, maxBack)
	}
	for i, spare := range c.StreamIDs {
		if _, ok := s.o.Streams.Stream(spare); !ok {
			return List{}, stream.Errorf(stream.ErrInvalid, "spare number %d: no extraction has found a stream with the id %q", i+1, stream.Truncate(spare, 60))
		}
		if spare == id {
			return List{}, stream.Errorf(stream.ErrInvalid, "spare number %d: a stream cannot be its own spare", i+1)
		}
		if slices.Index(c.StreamIDs, spare) < i {
			return List{}, stream.Errorf(stream.ErrInvalid, "spare number %d: %q is listed twice", i+1, spare)
		}
	}
	if err := s.saveChoice(id, c); err != nil {
		return List{}, err
	}
	s.o.OnChange()
	return s.List(id)
}

func (s *Service) saveChoice(id string, c Choice) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	next := make(map[string]choice, len(s.choices)+1)
	for k, v := range s.choices {
		next[k] = v
	}
	if c.StreamIDs == nil {
		delete(next, id)
	} else {
		next[id] = choice{StreamIDs: slices.Clone(c.StreamIDs), BackAfter: c.BackAfter}
	}
	s.mu.Unlock()
	if len(next) > maxChoices {
		return stream.Errorf(stream.ErrInvalid, "%d streams already have spares set by hand; remove some first", maxChoices)
	}
	doc, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := s.o.Documents.SaveSpares(doc); err != nil {
		return err
	}
	s.mu.Lock()
	s.choices = next
	s.mu.Unlock()
	return nil
}

// spares returns the ids of a stream's spares, in the order in which they are tried, and how long the stream must be well again
// before it takes over from one (0: only by hand).
func (s *Service) spares(id string) (ids []string, back time.Duration) {
	s.mu.Lock()
	c, byHand := s.choices[id]
	r, ok := s.byRule[id]
	epoch := s.epoch
	s.mu.Unlock()
	switch {
	case byHand:
		return c.StreamIDs, time.Duration(c.BackAfter) * time.Second
	case ok && (r.epoch == epoch || time.Since(r.at) < listAge):
		return r.ids, r.back
	}
	r = s.findByRule(id)
	r.epoch, r.at = epoch, time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byRule) > maxChoices {
		clear(s.byRule)
	}
	s.byRule[id] = r
	return r.ids, r.back
}

// findByRule returns the streams of other sources with the same title, if a rule makes them spares.
func (s *Service) findByRule(id string) (r ruled) {
	st, ok := s.o.Streams.Stream(id)
	if !ok {
		return r
	}
	if r.back, ok = s.o.Rule(st); !ok {
		return r
	}
	title := rules.NormaliseTitle(st.Title)
	if title == "" {
		return r
	}
	for _, other := range s.o.Streams.Streams() {
		if other.SiteKey != st.SiteKey && rules.NormaliseTitle(other.Title) == title {
			if r.ids = append(r.ids, other.ID); len(r.ids) >= maxByRule {
				break
			}
		}
	}
	return r
}
