package schedule

import (
	"slices"
	"time"

	"gridwall/backend/season"
)

const (
	// sameWeekend is how far the beginnings of one event may be apart in two calendars: one lists the practices, the
	// other the race alone.
	sameWeekend = 4 * 24 * time.Hour
	// sameSession is how far the starts of one session may be apart in two calendars.
	sameSession = 90 * time.Minute
)

// reading is what one calendar said, and how it is shown.
type reading struct {
	look   Look
	stale  bool
	events []season.Event
}

// merge joins the calendars. An event that several name is one. The calendar that stands first names it, and its times
// count, but for three cases: a time that it does not know, or a length that it does not say, is taken from the next
// one that does; a calendar that was not read for a day gives way to one that was; and a cancellation counts no matter who
// says it, since calendars fall behind with those and do not make them up. What is returned shares nothing with what
// was given.
func merge(all []reading) []season.Event {
	m := merger{ids: map[string]bool{}, sessions: newSessionIndex()}
	for _, r := range all {
		m.calendar(r)
	}
	out := make([]season.Event, 0, len(m.list))
	for _, e := range m.list {
		season.SortSessions(e.Sessions)
		markDoubts(&e.Event) // now that all calendars have spoken
		out = append(out, e.Event)
	}
	season.SortEvents(out)
	return out
}

// known is an event with what it is compared by.
type known struct {
	season.Event
	series string
	name   string
	begins time.Time
	words  map[string]bool
	stale  bool
	only   bool          // its calendar has no other event of that name in that season
	index  *sessionIndex // of its sessions; nil until it is asked for
}

// sharesSession reports whether two events have a session in common.
func (k *known) sharesSession(with *season.Event) bool {
	if k.index == nil {
		k.index = newSessionIndex()
		for _, s := range k.Sessions {
			k.index.add("", s)
		}
	}
	return slices.ContainsFunc(with.Sessions, func(s season.Session) bool { return k.index.has("", s) })
}

// namesake is what the events of one name in one season have in common.
func namesake(e *season.Event) string { return seasonKey(e) + season.Slug(e.Name) }

type merger struct {
	list     []known
	ids      map[string]bool
	sessions *sessionIndex
}

// maxNear bounds the events of a series around one weekend that are compared in full.
const maxNear = 20

func (m *merger) calendar(r reading) {
	before := len(m.list) // a calendar names no event twice, so its own are not compared with each other
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
		e.Calendar, e.Color = r.look.Name, r.look.Color
		k := known{Event: e, series: season.SeriesKey(e.Series), name: season.Slug(e.Name), begins: e.Begins(), words: season.DistinctiveWords(e), stale: r.stale}
		k.only = count[namesake(&e)] == 1
		if at := m.find(k, before, taken); at >= 0 {
			taken[at] = true
			m.join(at, k)
			continue
		}
		// Rounds are counted again where one calendar leaves out a cancelled race, so one id may mean two events.
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

// maxID bounds an id that has to be made unique.
const maxID = 400

// find returns the event among the first n that k is, or -1.
func (m *merger) find(k known, n int, taken map[int]bool) int {
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
		if gap > sameWeekend && !(id && o.only && k.only && sharesWord(o.words, k.words)) {
			continue
		}
		if near++; near > maxNear {
			break
		}
		shared := gap <= sameWeekend && o.sharesSession(&k.Event)
		// Calendars without a series of their own have nothing in common but that.
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

// alike reports whether two sessions are of one type, or, where the type says nothing, of one name.
func alike(a, b season.Session) bool {
	return a.Type == b.Type && (a.Type != season.Other || sameSlug(a.Name, b.Name))
}

// sameSlug reports whether two names have one slug. Most differ in an ASCII letter, which needs no slug to be seen.
func sameSlug(a, b string) bool {
	for i := range min(len(a), len(b)) {
		x, y := a[i]|0x20, b[i]|0x20
		switch word := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }; {
		case a[i] == b[i] && a[i] < 0x80:
		case x == y && x >= 'a' && x <= 'z':
		case word(a[i]|0x20) && word(b[i]|0x20) && a[i] >= '0' && b[i] >= '0' && i < 50:
			return false // the names are equal up to here
		default:
			return season.Slug(a) == season.Slug(b)
		}
	}
	return a == b || season.Slug(a) == season.Slug(b)
}

// together reports whether two sessions begin at nearly the same time; where one has only a day, on that day.
func together(a, b season.Session) bool {
	if a.Start != nil && b.Start != nil {
		return a.Start.Sub(*b.Start).Abs() <= sameSession
	}
	return a.Day() != "" && a.Day() == b.Day()
}

// join fills the event at i from another calendar's k.
func (m *merger) join(i int, k known) {
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
				if to := e.Sessions[at]; fits(s, e.Sessions[:own])+fits(s, k.Sessions) > fits(to, e.Sessions[:own])+fits(to, k.Sessions) {
					e.Sessions[at].InDoubt = true
				}
				joinSession(&e.Sessions[at], s, fresher)
				m.sessions.add(e.series, e.Sessions[at])
				continue
			}
			// A double-header that one calendar lists as two events may be one in another.
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

// nearest is the session of the list that s is, or -1.
func nearest(list []season.Session, s season.Session, used map[int]bool) int {
	best, least := -1, time.Duration(0)
	for i, o := range list {
		gap := o.Begins().Sub(s.Begins()).Abs()
		doubtful := o.InDoubt || s.InDoubt
		if used[i] || !alike(o, s) || (gap > sameWeekend && !doubtful && !o.Begins().IsZero() && !s.Begins().IsZero()) {
			continue
		}
		if best < 0 || gap < least {
			best, least = i, gap
		}
	}
	return best
}

// contradicted is the only session of the list that is of the kind of s, which is the only one of its own calendar, and which
// is at another time altogether; or -1.
func contradicted(list, own []season.Session, s season.Session, used map[int]bool) int {
	at, like := -1, 0
	for i, o := range list {
		if alike(o, s) {
			at = i
			like++
		}
	}
	for _, o := range own {
		if alike(o, s) {
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
	case to.InDoubt && !s.Begins().IsZero(): // a date that is in doubt gives way to one that is not
		to.Start, to.End, to.Date, to.Guessed, to.InDoubt = s.Start, s.End, s.Date, s.Guessed, false
		to.MovedFrom, to.MovedAt = s.MovedFrom, s.MovedAt
	case s.Start == nil:
	case to.Start == nil, fresher:
		to.Start, to.End, to.Date, to.Guessed = s.Start, s.End, "", s.Guessed
		to.MovedFrom, to.MovedAt = s.MovedFrom, s.MovedAt
	case to.Guessed && !s.Guessed && together(*to, s):
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
