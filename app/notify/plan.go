package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwall/app/api"
	"gridwall/backend/stream"
)

const (
	// late is how long after its start a session is still announced: users who start Gridwall, or wake the machine, in the middle
	// of a race know that it is on.
	late = 5 * time.Minute
	// keep is how long after its start the messages of a session are remembered.
	keep = 48 * time.Hour
	// leastLeft is the least time before the start at which the last check of a session is still made.
	leastLeft = time.Minute
	// maxText bounds the title and the body of a message, in runes; maxBody bounds the body of one that lists problems.
	maxText, maxBody = 120, 400
)

// record holds what was done for one session.
type record struct {
	// Start is the session's start; a session whose start changes is announced again.
	Start time.Time `json:"start"`
	// Soon and Begun report which of the two messages were sent.
	Soon  bool `json:"soon,omitempty"`
	Begun bool `json:"begun,omitempty"`
	// Checked are the pre-flight checks that were made, as their times before the start ("10m0s"). Opened reports whether the
	// opening of the grid was dealt with.
	Checked []string `json:"checked,omitempty"`
	Opened  bool     `json:"opened,omitempty"`
}

// memory holds the record of each session.
type memory map[string]record

// preferences are the settings that this package uses.
type preferences struct {
	// quiet: no messages are sent; feeds are still checked and the grid still opens.
	quiet bool
	// before is how long before a session it is announced; 0: only at its start.
	before time.Duration
	// checks are how long before a session its feeds are checked, the longest first.
	checks []time.Duration
	// zone is the time zone of messages; nil: the user's zone is unknown, so messages contain no times.
	zone *time.Location
}

// occasion is a session for which something is due.
type occasion struct {
	key            string
	event, session string // the event's id, the session's name
	start          time.Time
	// where is the line of a message that names event, place and start.
	where string
}

// plan is everything that is due at one moment.
type plan struct {
	messages []Message
	// checks are the sessions whose feeds must be checked, begun those that have begun, so that the grid may open by itself.
	checks, begun []occasion
	// changed reports whether the memory must be saved.
	changed bool
	// next is when something will be due again; zero if nothing in the calendar will.
	next time.Time
}

// due returns the plan for now, and records it as done.
func (m memory) due(s api.Schedule, now time.Time, w preferences) (p plan) {
	at := func(t time.Time) {
		if t.After(now) && (p.next.IsZero() || t.Before(p.next)) {
			p.next = t
		}
	}
	for _, e := range s.Events {
		same := map[string]int{} // sessions of an event with the same name are numbered in order
		for _, one := range e.Sessions {
			key := e.ID + "\n" + one.Type + "\n" + one.Name
			if same[key]++; same[key] > 1 {
				key += fmt.Sprintf("\n%d", same[key])
			}
			if one.Start == nil || one.Status == "cancelled" || one.InDoubt {
				continue
			}
			start := *one.Start
			at(start)
			if w.before > 0 {
				at(start.Add(-w.before))
			}
			for _, d := range w.checks {
				at(start.Add(-d))
			}
			was := m[key]
			if !was.Start.Equal(start) {
				was = record{Start: start}
			}
			o := occasion{key: key, event: e.ID, session: one.Name, start: start, where: where(e, start, w.zone)}
			left := start.Sub(now)
			running := left <= 0 && -left < late && (one.End == nil || now.Before(*one.End))
			changed := false
			if d := dueCheck(w.checks, left); d > 0 && !slices.Contains(was.Checked, d.String()) {
				was.Checked = append(slices.Clone(was.Checked), d.String())
				p.checks = append(p.checks, o)
				changed = true
			}
			if running && !was.Opened {
				was.Opened = true
				p.begun = append(p.begun, o)
				changed = true
			}
			title := ""
			switch {
			case w.quiet:
			case running && !was.Begun:
				was.Begun, was.Soon = true, true
				title = "Live now: " + one.Name
			case left > 0 && left <= w.before && !was.Soon:
				was.Soon = true
				title = one.Name + " in " + api.Countdown(left)
			}
			if title != "" {
				changed = true
				p.messages = append(p.messages, Message{
					Kind: Session, About: key, Title: short(title), Body: short(o.where), Action: o.action(),
				})
			}
			if changed {
				m[key] = was
				p.changed = true
			}
		}
	}
	return p
}

func (o occasion) action() Action { return Action{Event: o.event, Session: o.session} }

// dueCheck returns which of checks (times before the start, the longest first) is due when left remains until the start; 0 for
// none. A check is due until halfway to the next one, the last until leastLeft before the start: one that was missed while the
// machine slept is skipped.
func dueCheck(checks []time.Duration, left time.Duration) time.Duration {
	for i, d := range checks {
		last := min(leastLeft, d/2)
		if i+1 < len(checks) {
			last = (d + checks[i+1]) / 2
		}
		if left <= d && left > last {
			return d
		}
	}
	return 0
}

// where returns a session's event, place and start as one line.
func where(e api.RaceEvent, start time.Time, zone *time.Location) string {
	parts := []string{e.Name}
	if e.Locality != "" && !strings.Contains(e.Name, e.Locality) {
		parts = append(parts, e.Locality)
	}
	if zone != nil {
		format := "15:04"
		if zone == time.UTC {
			format += " UTC"
		}
		parts = append(parts, start.In(zone).Format(format))
	}
	return strings.Join(parts, " · ")
}

// prune forgets sessions that started longer than keep ago.
func (m memory) prune(now time.Time) {
	for key, t := range m {
		if now.Sub(t.Start) > keep {
			delete(m, key)
		}
	}
}

// checked returns the message with the result of a check of a session's feeds.
func checked(o occasion, p api.Preflight, left time.Duration) Message {
	m := Message{
		Kind: Ready, About: o.key, Title: short(o.session + " in " + api.Countdown(left) + ": " + p.Text), Body: short(o.where), Action: o.action(),
	}
	if problems := p.Problems(); len(problems) > 0 || p.Ready == 0 {
		m.Kind = Trouble
		if len(problems) == 0 {
			problems = []string{"No source lists a feed that the session's rule selects. Check the rule and the sources."}
		}
		for i, line := range problems {
			problems[i] = stream.SingleLine(line)
		}
		m.Body = stream.Truncate(strings.Join(problems, "\n"), maxBody)
		m.Action = Action{Page: "sources"}
	}
	return m
}

// failing returns the message that a feed can no longer be renewed: why, and what happens next.
func failing(a api.Active, zone *time.Location) Message {
	name := strings.TrimSpace(a.Title)
	if name == "" {
		name = "A feed"
	}
	until := ""
	if a.ExpiresAt != nil && zone != nil {
		until = " at " + a.ExpiresAt.In(zone).Format("15:04")
	}
	return Message{
		Kind: Feed, About: "feed\n" + a.ID, Title: short(name + " can't be renewed"),
		Body: short(strings.TrimSuffix(a.LastError, ".")) + ".\nIt keeps playing until its token expires" + until +
			". Gridwall keeps trying; Sources shows what is wrong.",
		Action: Action{Page: "sources"},
	}
}

// short returns text as one line of at most maxText runes.
func short(text string) string {
	return stream.Truncate(stream.SingleLine(text), maxText)
}
