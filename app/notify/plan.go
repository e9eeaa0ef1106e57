package notify

import (
	"fmt"
	"strings"
	"time"

	"gridwall/app/api"
)

const (
	// late is how long after its start a session is still told of: who starts Gridwall, or wakes his machine, in the
	// middle of a race knows that it runs.
	late = 5 * time.Minute
	// keep is for how long after its start it is remembered what was told of a session.
	keep = 48 * time.Hour
	// maxText bounds the title and the body of a message, in runes.
	maxText = 120
)

// told is what was told of one session.
type told struct {
	// Start is when the session was to start; once it is moved, it is told of anew.
	Start time.Time `json:"start"`
	// Soon and Begun: which of the two messages there were.
	Soon  bool `json:"soon,omitempty"`
	Begun bool `json:"begun,omitempty"`
}

// memory is what was told, by session.
type memory map[string]told

// wishes are the settings that matter here.
type wishes struct {
	// before is how long before a session its message comes; 0: at its start alone.
	before time.Duration
	// zone is that of the times in messages; nil: they hold none, because nobody knows where they are read.
	zone *time.Location
}

// due returns what is to be told at now, and notes it as told. next is when there will be more; zero: not as far as
// the calendar knows.
func (m memory) due(s api.Schedule, now time.Time, w wishes) (messages []Message, next time.Time) {
	at := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, e := range s.Events {
		same := map[string]int{} // sessions of one name in one event are told apart by their order
		for _, one := range e.Sessions {
			key := e.ID + "\n" + one.Type + "\n" + one.Name
			if same[key]++; same[key] > 1 {
				key += fmt.Sprintf("\n%d", same[key])
			}
			if one.Start == nil || one.Status == "cancelled" {
				continue
			}
			start := *one.Start
			at(start)
			if w.before > 0 {
				at(start.Add(-w.before))
			}
			was := m[key]
			if !was.Start.Equal(start) {
				was = told{Start: start}
			}
			var title string
			switch left := start.Sub(now); {
			case left <= 0 && -left < late && !was.Begun && (one.End == nil || now.Before(*one.End)):
				was.Begun, was.Soon = true, true
				title = "Live now: " + one.Name
			case left > 0 && left <= w.before && !was.Soon:
				was.Soon = true
				title = one.Name + " in " + api.Countdown(left)
			default:
				continue
			}
			m[key] = was
			messages = append(messages, Message{
				Kind: Session, About: key, Title: short(title), Body: short(where(e, start, w.zone)),
				Action: Action{Event: e.ID, Session: one.Name},
			})
		}
	}
	return messages, next
}

// where says to which event a session belongs, where it is, and when it starts.
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

// prune forgets sessions that are long over.
func (m memory) prune(now time.Time) {
	for key, t := range m {
		if now.Sub(t.Start) > keep {
			delete(m, key)
		}
	}
}

// failing says that a feed can no longer be renewed: why, and what happens next.
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
		Body: short(strings.TrimSuffix(a.LastError, ".")) + ".\nIt plays on until its token ends" + until +
			". Gridwall keeps trying; Sources shows what is wrong.",
		Action: Action{Page: "sources"},
	}
}

// short is text as one line of maxText runes at most.
func short(text string) string {
	return api.Cut(api.Plain(text), maxText)
}
