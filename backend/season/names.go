package season

import (
	"regexp"
	"slices"
	"strings"
)

// names maps the names that people use for sessions to types. The first pattern that matches decides, so specific patterns come
// before general ones. A name that matches none is of type other.
var names = []struct {
	is *regexp.Regexp
	t  Type
	// roots are substrings; every matching name contains one of them. For other names the regular expression is skipped.
	roots []string
}{
	{word(`sprint[ _-]*(?:qualifying|qualification|quali|shootout)`), SprintQualifying, []string{"sprint"}},
	{word(`sq\d?`), SprintQualifying, []string{"sq"}},
	{word(`(?:free[ _-]*)?practice[ _-]*(?:1|one)|fp[ _-]?1|p1`), FP1, []string{"practice", "p1", "fp"}},
	{word(`(?:free[ _-]*)?practice[ _-]*(?:2|two)|fp[ _-]?2|p2`), FP2, []string{"practice", "p2", "fp"}},
	{word(`(?:free[ _-]*)?practice[ _-]*(?:3|three)|fp[ _-]?3|p3`), FP3, []string{"practice", "p3", "fp"}},
	{word(`(?:free|final)?[ _-]*practice[ _-]*\d*|fp[ _-]?\d*|warm[ _-]*up|test(?:ing|s)?(?:[ _-]*day)?[ _-]*\d*`), Other, []string{"practice", "fp", "warm", "test"}},
	{word(`1(?:\.|st|er?|ère|[ao]|ª|º)?[ _-]*` + practices + `|` + practices + `[ _-]*1|libres[ _-]*1`), FP1, practiceRoots},
	{word(`2(?:\.|nd|e|ème|[ao]|ª|º)?[ _-]*` + practices + `|` + practices + `[ _-]*2|libres[ _-]*2`), FP2, practiceRoots},
	{word(`3(?:\.|rd|e|ème|[ao]|ª|º)?[ _-]*` + practices + `|` + practices + `[ _-]*3|libres[ _-]*3`), FP3, practiceRoots},
	{word(practices + `[ _-]*\d*`), Other, practiceRoots},
	{word(`sprint[ _-]*(?:qualifikation|qualifications|qualifiche|kwalificatie)|(?:qualifikation|qualifications|qualifiche|clasificación|classificação|kwalificatie)[ _-]*(?:zum |du |della |del |al |da |de la |do )?sprint`), SprintQualifying, []string{"sprint"}},
	{word(`qualifying[ _-]*\d*|qualification|quali|q\d|hyperpole|qualifikation|qualifications|qualifiche|clasificación|clasificacion|classificação|classificacao|kwalificatie`), Qualifying, []string{"q", "hyperpole", "clas", "kwali"}},
	{word(`sprint[ _-]*(?:race)?[ _-]*\d*`), Sprint, []string{"sprint"}},
	{word(`(?:feature[ _-]*)?race[ _-]*\d*|feature|gp|grand prix|e-?prix|rennen[ _-]*\d*`), Race, []string{"race", "feature", "gp", "prix", "rennen"}},
	{regexp.MustCompile(wholeRace), Race, []string{"course", "carrera", "gara", "corrida"}},
}

// wholeRace matches names that consist of a word for a race which means something else next to other words: a golf course, the
// Porsche Carrera Cup.
const wholeRace = `(?i)^\s*(?:course|carrera|gara|corrida)(?:[ _-]*\d+)?\s*$`

// practices matches free practice in other languages.
const practices = `(?:freies training|freie training|essais libres|séance d'essais|prove libere|entrenamientos libres|práctica libre|prácticas libres|treinos? livres?|vrije training)`

// practiceRoots are the roots of practices.
var practiceRoots = []string{"freie", "libre", "essais", "libere", "livre", "vrije"}

// word returns a regular expression for pattern as whole words, ignoring case.
func word(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + pattern + `)(?:$|[^\pL\pN])`)
}

// TypeOf returns the type of the session with the given name.
func TypeOf(name string) Type {
	t, _ := find(name)
	return t
}

// find returns the type of the session with the given name, and the range of the words that decided; nil if none did.
func find(name string) (Type, []int) {
	lower := strings.ToLower(name)
	for _, n := range names {
		if !slices.ContainsFunc(n.roots, func(root string) bool { return strings.Contains(lower, root) }) {
			continue
		}
		if at := n.is.FindStringIndex(name); at != nil {
			return n.t, at
		}
	}
	return Other, nil
}

// strictRace matches names that can only mean a race, unlike "grand prix", which may mean the weekend.
var strictRace = regexp.MustCompile(word(`(?:feature[ _-]*)?race[ _-]*\d*|feature|rennen[ _-]*\d*`).String() + `|` + wholeRace)
