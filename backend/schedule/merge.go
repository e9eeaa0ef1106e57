package schedule

import (
	"slices"
	"time"

	"gridwall/backend/season"
)

const (
	// mergeSpan is how far apart the starts of one event may be in two calendars: one lists the practices, the other only the
	// race.
	mergeSpan = 4 * 24 * time.Hour
	// sameSession is how far apart the starts of one session may be in two calendars.
	sameSession = 90 * time.Minute
)

// reading is the content of one calendar.
type reading struct {
	style  Style
	stale  bool
	events []season.Event
}

// merge joins the calendars. Events of several calendars that are the same become one. The first calendar names the event and
// decides its times, with three exceptions: a time or a length that it does not know is taken from the next calendar that does;
// a calendar that has not been read for a day yields to one that has; and a cancellation counts whichever calendar has it,
// because calendars are late with cancellations but do not invent them. The result shares nothing with the arguments.
func merge(all []reading) []season.Event {
	m := merger{ids: map[string]bool{}, sessions: newSessionIndex()}
	for _, r := range all {
		m.calendar(r)
	}
	out := make([]season.Event, 0, len(m.list))
	for _, e := range m.list {
		season.SortSessions(e.Sessions)
		markDoubts(&e.Event) // after all calendars are merged
		out = append(out, e.Event)
	}
	season.SortEvents(out)
	return out
}

// listedEvent is a merged event with what it is compared by.
type listedEvent struct {
	season.Event
	series string
	name   string
	begins time.Time
	words  map[string]bool
	stale  bool
	only   bool          // reports whether its calendar has no other event of that name in that season
	index  *sessionIndex // of its sessions; built on demand
}

// sharesSession reports whether two events have a session in common.
func (k *listedEvent) sharesSession(with *season.Event) bool {
	if k.index == nil {
		k.index = newSessionIndex()
		for _, s := range k.Sessions {
			k.index.add("", s)
		}
	}
	return slices.ContainsFunc(with.Sessions, func(s season.Session) bool { return k.index.has("", s) })
}

// namesake returns a key that the events of one name in one season share.
func namesake(e *season.Event) string { return seasonKey(e) + season.Slug(e.Name) }

type merger struct {
	list     []listedEvent
	ids      map[string]bool
	sessions *sessionIndex
}

// maxNear limits the events of a series around one weekend that are compared in full.
const maxNear = 20

func (m *merger) calendar(r reading) {
	before := len(m.list) // a calendar lists no event twice, so its own events are not compared with each other
	taken := map[int]bool{}
	own := map[string]bool{}
	count := map[string]int{} // events of one name in one season, in this calendar
	for i := range r.events {
		count[namesake(&r.events[i])]++
	}
	for _, e := range r.events {
		if own[e.ID] {
			continue
		}
		own[e.ID] = true
		e.Sessions = slices.Clone(e.Sessions)
		markDoubts(&e)
		e.Calendar, e.Color = r.style.Name, r.style.Color
		k := listedEvent{Event: e, series: season.SeriesKey(e.Series), name: season.Slug(e.Name), begins: e.Begins(), words: season.DistinctiveWords(e), stale: r.stale}
		k.only = count[namesake(&e)] == 1
		if at := m.find(k, before, taken); at >= 0 {
			taken[at] = true
			m.join(at, k)
			continue
		}
		// One calendar may renumber the rounds after a cancelled race, so one id may mean two events.
		for m.ids[k.ID] {
			k.ID += "-" + season.Slug(k.Name)
			if len(k.ID) > maxID {
				break
			}
		}
		m.ids[k.ID] = true
		m.list = append(m.list, k)
		for _, s := range k.Sessions {
			m.sessions.add(k.series, s)
		}
	}
}

// maxID limits the length of an id that is made unique.
const maxID = 400

// find returns the index of k among the first n events; -1 if there is none.
func (m *merger) find(k listedEvent, n int, taken map[int]bool) int {
	best, bestGap, bestShared := -1, time.Duration(0), false
	near := 0
	for i := range n {
		o := &m.list[i]
		if o.series != k.series || taken[i] {
			continue
		}
		gap := o.begins.Sub(k.begins).Abs()
		if gap > season.MaxMove {
			continue
		}
		id := o.ID == k.ID || o.Season == k.Season && o.name == k.name
		if gap > mergeSpan && !(id && o.only && k.only && sharesWord(o.words, k.words)) {
			continue
		}
		if near++; near > maxNear {
			break
		}
		shared := gap <= mergeSpan && o.sharesSession(&k.Event)
		// Unnamed calendars share only that they are unnamed.
		if !id && !sharesWord(o.words, k.words) && (!shared || k.series == season.UnnamedSeries) {
			continue
		}
		if best < 0 || shared && !bestShared || shared == bestShared && gap < bestGap {
			best, bestGap, bestShared = i, gap, shared
		}
	}
	return best
}

func sharesWord(a, b map[string]bool) bool {
	for w := range a {
		if b[w] {
			return true
		}
	}
	return false
}

// sameKind reports whether two sessions have the same type, or for type other the same name.
func sameKind(a, b season.Session) bool {
	return a.Type == b.Type && (a.Type != season.Other || sameSlug(a.Name, b.Name))
}

// sameSlug reports whether two names have the same slug. Most differ in an ASCII letter, which is seen without computing slugs.
func sameSlug(a, b string) bool {
	for i := range min(len(a), len(b)) {
		x, y := a[i]|0x20, b[i]|0x20
		switch word := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }; {
		case a[i] == b[i] && a[i] < 0x80:
		case x == y && x >= 'a' && x <= 'z':
		case word(a[i]|0x20) && word(b[i]|0x20) && a[i] >= '0' && b[i] >= '0' && i < 50:
			return false // the names were equal up to here
		default:
			return season.Slug(a) == season.Slug(b)
		}
	}
	return a == b || season.Slug(a) == season.Slug(b)
}

// sameTime reports whether two sessions begin at nearly the same time; if one has only a day, on that day.
func sameTime(a, b season.Session) bool {
	if a.Start != nil && b.Start != nil {
		return a.Start.Sub(*b.Start).Abs() <= sameSession
	}
	return a.Day() != "" && a.Day() == b.Day()
}

// join fills gaps of the event at i from another calendar's k.
func (m *merger) join(i int, k listedEvent) {
	e := &m.list[i]
	e.index = nil // its sessions change
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&e.Season, k.Season)
	fill(&e.Circuit, k.Circuit)
	fill(&e.Locality, k.Locality)
	fill(&e.Country, k.Country)
	fill(&e.Color, k.Color)
	if e.Round == 0 {
		e.Round = k.Round
	}
	fresher := e.stale && !k.stale
	own := len(e.Sessions)
	used := map[int]bool{}
	for _, s := range k.Sessions {
		at := nearest(e.Sessions[:own], s, used)
		if at < 0 {
			at = contradicted(e.Sessions[:own], k.Sessions, s, used)
			if at >= 0 {
				used[at] = true
				if to := e.Sessions[at]; countNear(s, e.Sessions[:own])+countNear(s, k.Sessions) > countNear(to, e.Sessions[:own])+countNear(to, k.Sessions) {
					e.Sessions[at].InDoubt = true
				}
				joinSession(&e.Sessions[at], s, fresher)
				m.sessions.add(e.series, e.Sessions[at])
				continue
			}
			// One calendar may list a double-header as two events, and another as one.
			if !m.sessions.has(e.series, s) {
				e.Sessions = append(e.Sessions, s)
				m.sessions.add(e.series, s)
			}
			continue
		}
		used[at] = true
		joinSession(&e.Sessions[at], s, fresher)
		m.sessions.add(e.series, e.Sessions[at])
	}
	if len(e.Sessions) > season.MaxSessions {
		e.Sessions = e.Sessions[:season.MaxSessions]
	}
	if b := e.Event.Begins(); !b.IsZero() {
		e.begins = b
	}
}

// nearest returns the index of s in list, or -1.
func nearest(list []season.Session, s season.Session, used map[int]bool) int {
	best, least := -1, time.Duration(0)
	for i, o := range list {
		gap := o.Begins().Sub(s.Begins()).Abs()
		doubtful := o.InDoubt || s.InDoubt
		if used[i] || !sameKind(o, s) || (gap > mergeSpan && !doubtful && !o.Begins().IsZero() && !s.Begins().IsZero()) {
			continue
		}
		if best < 0 || gap < least {
			best, least = i, gap
		}
	}
	return best
}

// contradicted returns the index of the only session of the list that has the kind of s, if s is the only one in its own
// calendar too and at quite another time; else -1.
func contradicted(list, own []season.Session, s season.Session, used map[int]bool) int {
	at, like := -1, 0
	for i, o := range list {
		if sameKind(o, s) {
			at = i
			like++
		}
	}
	for _, o := range own {
		if sameKind(o, s) {
			like++
		}
	}
	if like != 2 || at < 0 || used[at] {
		return -1
	}
	return at
}

func joinSession(to *season.Session, s season.Session, fresher bool) {
	cancelled := to.Status == season.Cancelled || s.Status == season.Cancelled
	if fresher && cancelled {
		cancelled = s.Status == season.Cancelled
	}
	switch {
	case s.InDoubt:
	case to.InDoubt && !s.Begins().IsZero(): // a doubtful date yields to one that is not
		to.Start, to.End, to.Date, to.Guessed, to.InDoubt = s.Start, s.End, s.Date, s.Guessed, false
		to.MovedFrom, to.MovedAt = s.MovedFrom, s.MovedAt
	case s.Start == nil:
	case to.Start == nil, fresher:
		to.Start, to.End, to.Date, to.Guessed = s.Start, s.End, "", s.Guessed
		to.MovedFrom, to.MovedAt = s.MovedFrom, s.MovedAt
	case to.Guessed && !s.Guessed && sameTime(*to, s):
		end := to.Start.Add(s.End.Sub(*s.Start))
		to.End, to.Guessed = &end, false
	}
	if to.MovedFrom == nil && to.Start != nil && s.Start != nil && to.Start.Equal(*s.Start) {
		to.MovedFrom, to.MovedAt = s.MovedFrom, s.MovedAt
	}
	to.Status = ""
	if cancelled {
		to.Status = season.Cancelled
	}
}
