package season

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// The scores for what a title names. A title that names the event means this weekend; a series has races on many weekends;
	// "Race" alone could be any. Of equal titles the world feed comes before onboard cameras.
	worthEvent   = 8
	worthSeries  = 4
	worthSession = 2
	worthPicture = 1

	// shortestWord is the minimum length of a single word that identifies an event, in letters: "Vegas" does, "Las" does not.
	// shortestPhrase is the same for a whole name, such as "Spa".
	shortestWord   = 4
	shortestPhrase = 3
)

// Matcher rates how well the titles of streams name a session.
type Matcher struct {
	session Session
	name    []string        // of the session
	series  []string        // the name of the series
	mine    map[string]bool // the keys of seriesNames that the series has; "" for an unknown series
	event   [][]string      // names that identify the event as a whole
	words   map[string]bool // words that identify the event by themselves
	country []string
}

// NewMatcher returns the matcher of a session of an event.
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
		distinctive := slices.DeleteFunc(slices.Clone(own), isGeneric)
		if longEnough(distinctive) {
			m.event = append(m.event, distinctive)
		}
		for _, w := range distinctive {
			if utf8.RuneCountInString(w) >= shortestWord {
				m.words[w] = true
			}
		}
		// No word of "United States Grand Prix" is distinctive by itself, but all of them are together.
		if len(distinctive) == 0 && len(own) > 1 && slices.ContainsFunc(own, func(w string) bool { return !meaningless[w] && !isNumber(w) }) {
			m.event = append(m.event, own)
		}
	}
	if country := foldWords(e.Country); longEnough(country) {
		m.country = country
	}
	return m
}

// Match returns how well a title names the session; higher is better. It returns 0 if the title names neither the series nor the
// event nor the session, or if it names another series instead, and 1 if it names another session of the same event or series.
// Case, accents and punctuation are ignored.
func (m *Matcher) Match(title string) int {
	words := foldWords(title)
	ours, others := m.namesSeries(words)
	if others && !ours {
		return 0
	}
	session := m.namesSession(title, words)
	score := 0
	if m.namesEvent(words, ours || session > 0) {
		score += worthEvent
	}
	if ours {
		score += worthSeries
	}
	switch {
	case score > 0 && session < 0:
		return 1
	case session > 0:
		score += worthSession
	}
	if score > 0 {
		score += worthPicture * Picture(title)
	}
	return score
}

// Picture returns 1 if a title says that the stream is the broadcast itself, and not an onboard camera or the timing screen;
// otherwise 0.
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

// namesSeries reports whether words name the matcher's series, and whether they name another one.
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

// namesSession returns 1 if a title names the session, -1 if it names another one, and 0 if it names none. "Grand Prix" names
// none, because it may mean the weekend.
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
		return 1 // "Practice" without a number means the current one
	}
	return -1
}

// namesEvent reports whether words name the event: its name, circuit or place, or one distinctive word of them. A country also
// names channels, so it counts only if spokenFor is set because something else matches.
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

// longEnough reports whether a name is long enough to identify an event.
func longEnough(name []string) bool {
	return utf8.RuneCountInString(strings.Join(name, "")) >= shortestPhrase
}
