package schedule

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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

// seriesNames are what people call the series that many feeds are of, by one name each.
var seriesNames = map[string][]string{
	"f1":        {"f1", "f1tv", "formula 1", "formula1", "formula one", "formel 1", "formule 1", "formula uno", "formula 1 world championship"},
	"f2":        {"f2", "formula 2", "formula two"},
	"f3":        {"f3", "formula 3", "formula three"},
	"f1academy": {"f1 academy", "f1academy"},
	"fe":        {"fe", "formula e", "formulae", "eprix"},
	"indycar":   {"indycar", "indy car", "indy nxt"},
	"motogp":    {"motogp", "moto gp"},
	"moto2":     {"moto2", "moto 2"},
	"moto3":     {"moto3", "moto 3"},
	"worldsbk":  {"worldsbk", "wsbk", "superbike", "superbikes"},
	"nascar":    {"nascar"},
	"wec":       {"wec", "world endurance championship", "world endurance"},
	"imsa":      {"imsa", "weathertech"},
	"elms":      {"elms", "european le mans series"},
	"wrc":       {"wrc", "world rally championship"},
	"dtm":       {"dtm"},
	"btcc":      {"btcc"},
	"supercars": {"supercars"},
	"supercup":  {"porsche supercup", "supercup"},
}

// seriesName is one name of a series.
type seriesName struct {
	key   string
	words []string
}

// byFirstWord are the names of the series by the word that they begin with.
var byFirstWord = func() map[string][]seriesName {
	out := map[string][]seriesName{}
	for key, names := range seriesNames {
		for _, n := range names {
			words := strings.Fields(n)
			out[words[0]] = append(out[words[0]], seriesName{key, words})
		}
	}
	return out
}()

// seriesIn lists the series that words name, the longest name at each place; own, where it is not empty, is one more
// name, of the series "".
func seriesIn(words, own []string) (out []string) {
	for i := 0; i < len(words); {
		found := seriesName{}
		for _, n := range byFirstWord[words[i]] {
			if len(n.words) > len(found.words) && begins(words[i:], n.words) {
				found = n
			}
		}
		if len(own) > len(found.words) && begins(words[i:], own) {
			found = seriesName{"", own}
		}
		if found.words == nil {
			i++
			continue
		}
		out = append(out, found.key)
		i += len(found.words)
	}
	return out
}

// seriesLength is how many words the longest name of a series takes that words begin with; 0 where none does.
func seriesLength(words []string) (n int) {
	for _, name := range byFirstWord[words[0]] {
		if len(name.words) > n && begins(words, name.words) {
			n = len(name.words)
		}
	}
	return n
}

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
	case contains(words, m.name) && (at == nil || t == typeOf(m.session.Name)):
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

// generic are words of events' names that many have; numbers count as such too.
var generic = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`
		grand prix premio grosser preis gran gp eprix race races racing night weekend sprint qualifying practice
		the of and de del della delle di da do dos du des la las le les los el al y und et der die das von
		circuit circuito autodromo autodrome autodrom motordrom ring raceway speedway racecourse track course
		international internacional internazionale national nacional street park parc parque city village country
		united states great new old north south east west saint san santa sao port bay lake
		world european championship cup trophy series season round event rally tour
		live stream feed channel sport sports motor motorsport motorsports formula hours miles onboard timing`) {
		out[w] = true
	}
	return out
}()

// empty are those of them that say nothing even together: "Grand Prix" is no name.
var empty = map[string]bool{
	"grand": true, "prix": true, "gp": true, "race": true, "the": true, "of": true, "world": true, "championship": true,
	"formula": true, "sprint": true, "live": true, "round": true, "season": true, "series": true, "cup": true,
}

func isGeneric(w string) bool { return generic[w] || isNumber(w) }

func isNumber(w string) bool {
	return strings.IndexFunc(w, func(r rune) bool { return !unicode.IsNumber(r) }) < 0
}

func longEnough(name []string) bool {
	return utf8.RuneCountInString(strings.Join(name, "")) >= shortestPhrase
}

// contains tells whether part stands in words, one after the other. An empty part stands nowhere.
func contains(words, part []string) bool {
	if len(part) == 0 {
		return false
	}
	for i := range words {
		if begins(words[i:], part) {
			return true
		}
	}
	return false
}

func begins(words, part []string) bool {
	return len(part) > 0 && len(words) >= len(part) && slices.Equal(words[:len(part)], part)
}

// letters are those that do not come apart into a letter and an accent.
var letters = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "œ", "oe", "ł", "l", "đ", "d", "ı", "i", "þ", "th", "ð", "d", "'", "", "’", "")

// foldWords are the words of a text, in lower case and without accents: "São Paulo – GP" is sao, paulo, gp.
func foldWords(text string) []string {
	text = letters.Replace(strings.ToLower(text))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
