package season

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters replaces letters that Unicode does not decompose into a letter and an accent.
var letters = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "œ", "oe", "ł", "l", "đ", "d", "ı", "i", "þ", "th", "ð", "d", "'", "", "’", "")

// foldWords returns the words of a text in lower case and without accents: "São Paulo – GP" is sao, paulo, gp.
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

// contains reports whether words contain part as consecutive words. An empty part is never contained.
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

// begins reports whether words begin with part. An empty part begins nothing.
func begins(words, part []string) bool {
	return len(part) > 0 && len(words) >= len(part) && slices.Equal(words[:len(part)], part)
}

// isGeneric reports whether a word occurs in the names of many events.
func isGeneric(w string) bool { return generic[w] || isNumber(w) }

func isNumber(w string) bool {
	return strings.IndexFunc(w, func(r rune) bool { return !unicode.IsNumber(r) }) < 0
}

// generic are words that occur in the names of many events. Numbers count as generic too.
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

// meaningless are generic words that identify nothing even together, as in "Grand Prix".
var meaningless = map[string]bool{
	"grand": true, "prix": true, "gp": true, "race": true, "the": true, "of": true, "world": true, "championship": true,
	"formula": true, "sprint": true, "live": true, "round": true, "season": true, "series": true, "cup": true,
}

// DistinctiveWords returns the folded words of an event's names that identify it.
func DistinctiveWords(e Event) map[string]bool {
	out := map[string]bool{}
	for _, name := range []string{e.Name, e.Circuit, e.Locality, e.Country} {
		for _, w := range foldWords(name) {
			if len(w) >= shortestWord && !isGeneric(w) {
				out[w] = true
			}
		}
	}
	return out
}

// NamesMoreThanSeries reports whether an event's name has a word that does not belong to its series.
func NamesMoreThanSeries(e *Event) bool {
	series := DistinctiveWords(Event{Name: e.Series})
	for word := range DistinctiveWords(Event{Name: e.Name}) {
		if !series[word] && len(seriesIn([]string{word}, nil)) == 0 {
			return true
		}
	}
	return false
}
