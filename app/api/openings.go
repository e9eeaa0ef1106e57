package api

import (
	"context"
	"encoding/json"
	"time"

	"gridwall/backend/rules"
	"gridwall/backend/season"
)

// The words of the setting ui.open_at_start: at the start of which sessions the grid opens by itself.
const (
	OpenRules = "rules"
	OpenAll   = "all"
)

const (
	// openingKept is how long after a session's start it is remembered what was asked for it.
	openingKept = 48 * time.Hour
	// openingUndated is the same for a session without a time, from when it was asked for.
	openingUndated = 400 * 24 * time.Hour
	// maxOpenings bounds what is remembered.
	maxOpenings = 2000
)

// Opening asks for the grid to be opened by itself at a session's start, or not, whatever the setting says.
type Opening struct {
	Event   string `json:"event" doc:"The event's id."`
	Session string `json:"session" doc:"The session's name or type."`
	Open    bool   `json:"open"`
}

// opening is what was asked for one session.
type opening struct {
	Open bool `json:"open"`
	// Until is when it may be forgotten.
	Until time.Time `json:"until"`
}

// sessionKey names a session over restarts.
func sessionKey(e season.Event, s season.Session) string {
	return e.ID + "\n" + string(s.Type) + "\n" + s.Name
}

func (p *Preferences) loadOpenings() error {
	p.openings = map[string]opening{}
	doc, err := p.docs.Openings()
	if err != nil {
		return err
	}
	if len(doc) == 0 {
		return nil
	}
	if err := json.Unmarshal(doc, &p.openings); err != nil || p.openings == nil {
		p.log.Warn("which sessions open by themselves cannot be read; none does that was chosen", "error", err)
		p.openings = map[string]opening{}
	}
	return nil
}

// setOpening keeps what was asked for a session, and forgets what is long over.
func (p *Preferences) setOpening(key string, o opening, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := map[string]opening{key: o}
	for k, v := range p.openings {
		if k != key && now.Before(v.Until) && len(next) < maxOpenings {
			next[k] = v
		}
	}
	doc, err := json.Marshal(next)
	if err == nil {
		err = p.docs.SaveOpenings(doc)
	}
	if err == nil {
		p.openings = next
	}
	return err
}

// SetOpening says of one session whether the grid opens by itself at its start. CodeUnknownSession where there is none.
func (a *API) SetOpening(ctx context.Context, o Opening) (Preflight, error) {
	e, s, err := findSession(a.o.Calendar.Calendar(a.o.Now()).Events, o.Event, o.Session)
	if err != nil {
		return Preflight{}, err
	}
	now := a.o.Now()
	until := now.Add(openingUndated)
	if s.Start != nil {
		until = s.Start.Add(openingKept)
	}
	if err := a.o.Preferences.setOpening(sessionKey(e, s), opening{o.Open, until}, now); err != nil {
		return Preflight{}, AsError(err)
	}
	a.Publish(EventSchedule)
	return a.Preflight(ctx, e.ID, s.Name)
}

// opens reports whether the grid opens by itself at the session's start: what was asked for it, else what the setting
// says. listed is how many streams belong to it: by the setting alone, no empty grid is opened.
func (a *API) opens(e season.Event, s season.Session, rule *rules.Compiled, listed int) bool {
	p := a.o.Preferences
	if s.Status == season.Cancelled || s.InDoubt || p == nil {
		return false
	}
	p.mu.Lock()
	asked, ok := p.openings[sessionKey(e, s)]
	p.mu.Unlock()
	if ok {
		return asked.Open
	}
	ruled := rule != nil && rule.Chooses()
	switch p.Get(KeyOpenAtStart) {
	case OpenAll:
		return ruled || listed > 0
	case OpenRules:
		return ruled
	}
	return false
}

// Offer asks anyone who has the page open to show a session's feeds: it opens them, or, where something plays there
// already, offers them. It never blocks.
func (a *API) Offer(event, session, message string) {
	a.bus.publish(EventNotice, &Notice{Kind: NoticeOpen, Message: message, EventID: event, Session: session})
}
