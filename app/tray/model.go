package tray

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwall/app/api"
	"gridwall/backend/stream"
)

const (
	// maxSessions is how many live sessions the menu lists; more are only live at once if the calendar is wrong.
	maxSessions = 5
	// maxFeeds is how many feeds the menu lists by name; one line for the rest opens the Watch page.
	maxFeeds = 12
	// maxWalls is how many saved walls the menu lists.
	maxWalls = 20
	// maxTitle bounds a line of the menu, in runes: titles come from sites, and panels draw them in full.
	maxTitle = 80
	// maxTooltip bounds the tooltip, in runes; Windows truncates longer ones.
	maxTooltip = 120
)

// Verb is the action of a click on a line.
type Verb int

// The verbs.
const (
	None Verb = iota
	// Open shows the window as it is.
	Open
	// Live shows the grid with the feeds of one session.
	Live
	// Page shows one page.
	Page
	// Wall opens a saved wall in another window.
	Wall
	// Renew renews all active feeds.
	Renew
	// Quit quits the program.
	Quit
)

// Item is one line of the menu. Two equal Items look the same and do the same.
type Item struct {
	Title    string
	Disabled bool
	Verb     Verb
	// Event and Session name the session of Live.
	Event, Session string
	// Page names the page of Page.
	Page string
	// Wall is the name of the wall of Wall.
	Wall string
}

// Model is everything that the icon and its menu show at one moment.
type Model struct {
	// Live reports whether a session is live; the icon shows this.
	Live    bool
	Tooltip string
	// Sessions are the live sessions, one line each; empty if nothing is live.
	Sessions []Item
	// Next is the next session.
	Next Item
	// Feeds counts the active feeds; FeedList is its submenu.
	Feeds    Item
	FeedList []Item
	// Walls opens a submenu with the saved walls, WallList; without a title if none is saved.
	Walls    Item
	WallList []Item
	Renew    Item
	Open     Item
	Quit     Item
	// Until is when the model changes without an event, because time passes; at most a minute from now.
	Until time.Time
}

// Build returns the model at now. renewing reports whether the feeds are being renewed.
func Build(s api.Schedule, active []api.Active, walls []api.Wall, now time.Time, renewing bool) Model {
	m := Model{
		Open: Item{Title: "Open Gridwall", Verb: Open}, Quit: Item{Title: "Quit", Verb: Quit},
		Until: now.Add(time.Minute),
	}
	m.sessions(s, now)
	m.feeds(active, now, renewing)
	for _, w := range walls[:min(len(walls), maxWalls)] {
		m.Walls.Title = "Open wall in a new window"
		m.WallList = append(m.WallList, Item{Title: line(w.Name), Verb: Wall, Wall: w.Name})
	}
	return m
}

// session is a session with the event it belongs to.
type session struct {
	api.Session
	event api.RaceEvent
}

func (s session) name() string { return s.event.Name + " · " + s.Name }

// until moves Until forward to t if t is earlier, and not before now.
func (m *Model) until(t, now time.Time) {
	if t.After(now) && t.Before(m.Until) {
		m.Until = t
	}
}

func (m *Model) sessions(s api.Schedule, now time.Time) {
	var live, ahead []session
	for _, e := range s.Events {
		for _, one := range e.Sessions {
			switch {
			case one.Status == "live":
				live = append(live, session{one, e})
			case one.Status == "upcoming" && !one.InDoubt && one.Start != nil && one.Start.After(now):
				ahead = append(ahead, session{one, e})
			}
		}
	}
	slices.SortStableFunc(live, func(a, b session) int { return started(a).Compare(started(b)) })
	slices.SortStableFunc(ahead, func(a, b session) int { return a.Start.Compare(*b.Start) })

	m.Live = len(live) > 0
	for i, one := range live {
		if one.End != nil {
			m.until(*one.End, now)
		}
		if i < maxSessions {
			m.Sessions = append(m.Sessions, Item{Title: line("Live now: " + one.name()), Verb: Live, Event: one.event.ID, Session: one.Name})
		}
	}
	m.Next = Item{Title: "No session in the calendar", Verb: Page, Page: "schedule"}
	if len(ahead) > 0 {
		next := ahead[0]
		left := next.Start.Sub(now)
		m.Next.Title = ending("Next: "+next.name(), " in "+api.Countdown(left))
		m.until(*next.Start, now)
		m.until(now.Add((left-1)%time.Minute+1), now)
	}
	switch {
	case len(live) == 1:
		m.Tooltip = stream.Truncate("Gridwall · live now: "+stream.SingleLine(live[0].name()), maxTooltip)
	case len(live) > 1:
		m.Tooltip = fmt.Sprintf("Gridwall · %d sessions live", len(live))
	case len(ahead) > 0:
		m.Tooltip = stream.Truncate("Gridwall · "+strings.ToLower(m.Next.Title[:1])+m.Next.Title[1:], maxTooltip)
	default:
		m.Tooltip = "Gridwall"
	}
}

func started(s session) time.Time {
	if s.Start == nil {
		return time.Time{}
	}
	return *s.Start
}

// watched returns the active feeds without those that are kept only as spares of others.
func watched(active []api.Active) []api.Active {
	return slices.DeleteFunc(slices.Clone(active), func(a api.Active) bool { return a.SpareOf != "" })
}

func (m *Model) feeds(active []api.Active, now time.Time, renewing bool) {
	active = watched(active)
	m.Feeds = Item{Title: fmt.Sprintf("Active feeds: %d", len(active)), Disabled: len(active) == 0}
	m.Renew = Item{Title: "Renew now", Verb: Renew, Disabled: len(active) == 0}
	if renewing {
		m.Renew.Title, m.Renew.Disabled = "Renewing…", true
	}
	sorted := slices.SortedStableFunc(slices.Values(active), func(a, b api.Active) int {
		return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
	})
	for i, a := range sorted {
		if a.ExpiresAt != nil {
			m.until(*a.ExpiresAt, now)
		}
		if i < maxFeeds {
			m.FeedList = append(m.FeedList, Item{Title: feedTitle(a, now, renewing), Verb: Page, Page: "watch"})
		}
	}
	if more := len(active) - maxFeeds; more > 0 {
		m.FeedList = append(m.FeedList, Item{Title: fmt.Sprintf("and %d more", more), Verb: Page, Page: "watch"})
	}
}

// feedTitle returns a feed's title and its state.
func feedTitle(a api.Active, now time.Time, renewing bool) string {
	name := stream.SingleLine(strings.TrimSpace(a.Title + " " + a.Quality))
	if name == "" {
		name = a.SiteKey
	}
	switch {
	case renewing || a.LastError == "" && a.ExpiresAt != nil && !now.Before(*a.ExpiresAt):
		return ending(name, " · renewing")
	case a.LastError != "":
		return line(stream.Truncate(name, maxTitle/2) + " · failed: " + a.LastError)
	}
	return ending(name, " · fresh")
}

// line returns text as one line of the menu.
func line(text string) string { return stream.Truncate(stream.SingleLine(text), maxTitle) }

// ending returns text + end as one line of the menu; only text is truncated.
func ending(text, end string) string {
	return stream.Truncate(stream.SingleLine(text), maxTitle-len([]rune(end))) + end
}

// Renewed returns the text that reports a renewal of all feeds; after are the active feeds after it.
func Renewed(after []api.Active) string {
	var failed []string
	after = watched(after)
	for _, a := range after {
		if a.LastError != "" {
			failed = append(failed, stream.SingleLine(a.Title)+": "+stream.SingleLine(a.LastError))
		}
	}
	done := len(after) - len(failed)
	switch {
	case len(after) == 0:
		return "No feed is active, so there is nothing to renew."
	case len(failed) > 0:
		return fmt.Sprintf("%d of %d feeds renewed. %s", done, len(after), strings.Join(failed, "; "))
	case done == 1:
		return "1 feed renewed."
	}
	return fmt.Sprintf("%d feeds renewed.", done)
}
