package lineup

import (
	"encoding/json"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/season"
	keys "gridwall/backend/settings"
)

const (
	// openingKept is how long after a session's start its opening is kept.
	openingKept = 48 * time.Hour
	// openingUndated is the same for a session without a time, counted from the request.
	openingUndated = 400 * 24 * time.Hour
	// maxOpenings bounds the openings that are kept.
	maxOpenings = 2000
)

// opening is whether a client wants the grid to open at the start of one session.
type opening struct {
	Open bool `json:"open"`
	// Until is when it may be dropped.
	Until time.Time `json:"until"`
}

func (l *Lineup) loadOpenings() error {
	l.openings = map[string]opening{}
	doc, err := l.o.Documents.Openings()
	if err != nil {
		return err
	}
	if len(doc) == 0 {
		return nil
	}
	if err := json.Unmarshal(doc, &l.openings); err != nil || l.openings == nil {
		l.o.Log.Warn("cannot read the openings of sessions; the setting applies to all of them", "error", err)
		l.openings = map[string]opening{}
	}
	return nil
}

// SetOpening sets whether the grid opens by itself at the start of one session, which overrides the setting, and returns the
// session's Preflight. event and session are as in Feeds.
func (l *Lineup) SetOpening(event, session string, open bool) (Preflight, error) {
	e, s, err := l.find(event, session)
	if err != nil {
		return Preflight{}, err
	}
	now := l.o.Now()
	until := now.Add(openingUndated)
	if s.Start != nil {
		until = s.Start.Add(openingKept)
	}
	if err := l.saveOpening(sessionKey(e, s), opening{open, until}, now); err != nil {
		return Preflight{}, err
	}
	l.o.OnChange()
	return l.Preflight(e.ID, s.Name)
}

// saveOpening stores an opening, and drops the expired ones.
func (l *Lineup) saveOpening(key string, o opening, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := map[string]opening{key: o}
	for k, v := range l.openings {
		if k != key && now.Before(v.Until) && len(next) < maxOpenings {
			next[k] = v
		}
	}
	doc, err := json.Marshal(next)
	if err == nil {
		err = l.o.Documents.SaveOpenings(doc)
	}
	if err == nil {
		l.openings = next
	}
	return err
}

// opens reports whether the grid opens by itself at the session's start: as a client set it, otherwise by the setting. listed is
// how many streams the session has; the setting alone never opens an empty grid.
func (l *Lineup) opens(e season.Event, s season.Session, rule *rules.Compiled, listed int) bool {
	if s.Status == season.Cancelled || s.InDoubt {
		return false
	}
	l.mu.Lock()
	set, ok := l.openings[sessionKey(e, s)]
	l.mu.Unlock()
	if ok {
		return set.Open
	}
	byRule := rule != nil && rule.SelectsStreams()
	switch l.o.Settings.Get(keys.KeyOpenAtStart) {
	case keys.OpenAll:
		return byRule || listed > 0
	case keys.OpenRules:
		return byRule
	}
	return false
}
