package season

import "strings"

// seriesNames maps the key of each known series to the names that people use for it.
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

// byFirstWord groups the names of series by their first word.
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

// seriesIn returns the keys of the series that words name; at each position, the longest name counts. own, if not empty, is
// another name, with the key "".
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

// seriesLength returns the number of words of the longest series name at the start of words; 0 if there is none.
func seriesLength(words []string) (n int) {
	for _, name := range byFirstWord[words[0]] {
		if len(name.words) > n && begins(words, name.words) {
			n = len(name.words)
		}
	}
	return n
}

// SeriesKey returns one key for all names of a series: f1 for "Formula 1" and for "F1".
func SeriesKey(series string) string {
	words := foldWords(series)
	if in := seriesIn(words, nil); len(in) > 0 {
		return in[0]
	}
	return strings.Join(words, "")
}

// SameSeries reports whether two names mean the same series, such as "Formula 1" and "f1".
func SameSeries(a, b string) bool { return SeriesKey(a) == SeriesKey(b) }

// HasShortEvents reports whether the events of a series take only a few days. If the sessions of such an event are further apart,
// the calendar is wrong. Other series practise weeks before the race.
func HasShortEvents(series string) bool { return shortEvents[SeriesKey(series)] }

var shortEvents = map[string]bool{
	"f1": true, "f2": true, "f3": true, "f1academy": true, "fe": true, "motogp": true, "moto2": true, "moto3": true, "worldsbk": true,
	"wec": true, "elms": true, "wrc": true, "dtm": true, "btcc": true, "supercars": true, "supercup": true,
}

// UnnamedSeries is the series of a calendar without a name.
const UnnamedSeries = "ics"
