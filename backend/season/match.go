package season

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What a title is worth that names a thing. Whoever names the event means this weekend; a series races every other
// week; "Race" alone is said of many. The world feed goes before the onboards of the same strength.
const (
	worthEvent   = 8
	worthSeries  = 4
	worthSession = 2
	worthPicture = 1
)

// shortestWord is how many letters one word of an event's name must have to stand for the event: "Vegas" does, "Las"
// does not. shortestPhrase is the same for a whole name, such as "Spa".
const (
	shortestWord   = 4
	shortestPhrase = 3
)

// Matcher finds the feeds of one session by their titles.
type Matcher struct {
	session Session
	name    []string // the session's
	series  []string
	mine    map[string]bool // the keys of seriesNames that the series has; "" for one that is not among them
	event   [][]string      // names that stand for the event as a whole
	words   map[string]bool // words that stand for it alone
	country []string
}

// NewMatcher makes the matcher of a session of an event.
func NewMatcher(e Event, s Session) *Matcher {
	m := &Matcher{session: s, name: foldWords(s.Name), series: foldWords(e.Series), mine: map[string]bool{}, words: map[string]bool{}}
	for _, key := range seriesIn(m.series, nil) {
		m.mine[key] = true
	}
	if len(m.mine) == 0 && len(m.series) > 0 {
		m.mine[""] = true
	}
	for _, name := range []string{e.Name, e.Circuit, e.Locality} {
		own := foldWords(name)
		telling := slices.DeleteFunc(slices.Clone(own), isGeneric)
		if longEnough(telling) {
			m.event = append(m.event, telling)
		}
		for _, w := range telling {
			if utf8.RuneCountInString(w) >= shortestWord {
				m.words[w] = true
			}
		}
		// Of "United States Grand Prix" no word tells anything, but all together do.
		if len(telling) == 0 && len(own) > 1 && slices.ContainsFunc(own, func(w string) bool { return !empty[w] && !isNumber(w) }) {
			m.event = append(m.event, own)
		}
	}
	if country := foldWords(e.Country); longEnough(country) {
		m.country = country
	}
	return m
}

// Match tells how well a feed's title names the session: 0 where it names neither the series nor the event nor the
// session, or names another series instead; the more the better. Case, accents and punctuation do not count. A title
// that names another session of the same event or series is worth the least.
func (m *Matcher) Match(title string) int {
	words := foldWords(title)
	ours, others := m.namesSeries(words)
	if others && !ours {
		return 0
	}
	session := m.namesSession(title, words)
	worth := 0
	if m.namesEvent(words, ours || session > 0) {
		worth += worthEvent
	}
	if ours {
		worth += worthSeries
	}
	switch {
	case worth > 0 && session < 0:
		return 1
	case session > 0:
		worth += worthSession
	}
	if worth > 0 {
		worth += worthPicture * Picture(title)
	}
	return worth
}

// Picture is 1 where a title says that the feed is the broadcast itself, rather than an onboard or the timing.
func Picture(title string) int {
	words := foldWords(title)
	for _, p := range pictures {
		if contains(words, p) {
			return 1
		}
	}
	return 0
}

var pictures = [][]string{{"world", "feed"}, {"main", "feed"}, {"international", "feed"}, {"program", "feed"}, {"programme"}, {"broadcast"}}

// namesSeries tells whether words name the series, and whether they name another one.
func (m *Matcher) namesSeries(words []string) (ours, others bool) {
	for _, key := range seriesIn(words, m.series) {
		if key == "" || m.mine[key] {
			ours = true
		} else {
			others = true
		}
	}
	return ours, others
}

// namesSession is 1 where a title names the session, -1 where it names another one, 0 where it names none. "Grand Prix"
// names none: it may as well be the weekend.
func (m *Matcher) namesSession(title string, words []string) int {
	t, at := find(title)
	switch {
	case contains(words, m.name) && (at == nil || t == TypeOf(m.session.Name)):
		return 1
	case at == nil, t == Race && !strictRace.MatchString(title):
		return 0
	case t == m.session.Type && t != Other:
		return 1
	case t == Other && slices.Contains(words, "practice") && slices.Contains([]Type{FP1, FP2, FP3}, m.session.Type):
		return 1 // "Practice" without its number is that of the moment
	}
	return -1
}

// namesEvent tells whether words name the event: its name, circuit or place, or one telling word of them. A country
// alone names channels as well as events, so it counts where something else speaks for the title.
func (m *Matcher) namesEvent(words []string, spokenFor bool) bool {
	for _, w := range words {
		if m.words[w] {
			return true
		}
	}
	for _, name := range m.event {
		if contains(words, name) {
			return true
		}
	}
	return spokenFor && contains(words, m.country)
}

func longEnough(name []string) bool {
	return utf8.RuneCountInString(strings.Join(name, "")) >= shortestPhrase
}
