package schedule

import (
	"regexp"
	"strings"
)

// names tells what a session is from what people call it. The first pattern that fits rules, so the special ones stand
// before the general. Names that fit none are of type other.
var names = []struct {
	is *regexp.Regexp
	t  Type
}{
	{word(`sprint[ _-]*(?:qualifying|qualification|quali|shootout)`), SprintQualifying},
	{word(`sq\d?`), SprintQualifying},
	{word(`(?:free[ _-]*)?practice[ _-]*(?:1|one)|fp[ _-]?1|p1`), FP1},
	{word(`(?:free[ _-]*)?practice[ _-]*(?:2|two)|fp[ _-]?2|p2`), FP2},
	{word(`(?:free[ _-]*)?practice[ _-]*(?:3|three)|fp[ _-]?3|p3`), FP3},
	{word(`(?:free|final)?[ _-]*practice[ _-]*\d*|fp[ _-]?\d*|warm[ _-]*up|test(?:ing|s)?(?:[ _-]*day)?[ _-]*\d*`), Other},
	{word(`1(?:\.|st|er?|ère|[ao]|ª|º)?[ _-]*` + practices + `|` + practices + `[ _-]*1`), FP1},
	{word(`2(?:\.|nd|e|ème|[ao]|ª|º)?[ _-]*` + practices + `|` + practices + `[ _-]*2`), FP2},
	{word(`3(?:\.|rd|e|ème|[ao]|ª|º)?[ _-]*` + practices + `|` + practices + `[ _-]*3`), FP3},
	{word(practices + `[ _-]*\d*`), Other},
	{word(`sprint[ _-]*(?:qualifikation|qualifications|qualifiche|kwalificatie)|(?:qualifikation|qualifications|qualifiche|clasificación|classificação|kwalificatie)[ _-]*(?:zum |du |della |del |al |da |de la |do )?sprint`), SprintQualifying},
	{word(`qualifying[ _-]*\d*|qualification|quali|q\d|hyperpole|qualifikation|qualifications|qualifiche|clasificación|clasificacion|classificação|classificacao|kwalificatie`), Qualifying},
	{word(`sprint[ _-]*(?:race)?[ _-]*\d*`), Sprint},
	{word(`(?:feature[ _-]*)?race[ _-]*\d*|feature|gp|grand prix|e-?prix|rennen[ _-]*\d*|carrera[ _-]*\d*|gara[ _-]*\d*|corrida[ _-]*\d*`), Race},
	{regexp.MustCompile(`(?i)^\s*course(?:[ _-]*\d+)?\s*$`), Race}, // French; in English it is where one races
}

// practices is what free practice is called in other languages.
const practices = `(?:freies training|freie training|essais libres|séance d'essais|prove libere|entrenamientos libres|práctica libre|prácticas libres|libres|treinos? livres?|vrije training)`

func word(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + pattern + `)(?:$|[^\pL\pN])`)
}

// typeOf tells a session's type from its name.
func typeOf(name string) Type {
	t, _ := find(name)
	return t
}

// find tells the type, and where in the name the word that decided stands (nil for none).
func find(name string) (Type, []int) {
	for _, n := range names {
		if at := n.is.FindStringIndex(name); at != nil {
			return n.t, at
		}
	}
	return Other, nil
}

// humps finds where camel case and digits begin a new word.
var humps = regexp.MustCompile(`([\p{Ll}])([\p{Lu}\d])`)

// keyName turns a key such as sprintQualifying or practice1 into a name such as "Sprint qualifying".
func keyName(key string) string {
	switch strings.ToLower(key) {
	case "fp1", "fp2", "fp3", "fp4":
		return "Practice " + key[2:]
	case "q1", "q2", "q3", "q4":
		return "Qualifying " + key[1:]
	case "gp":
		return "Race"
	}
	s := strings.ToLower(humps.ReplaceAllString(strings.NewReplacer("_", " ", "-", " ").Replace(key), "$1 $2"))
	if s == "" {
		return ""
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// strictRace finds a race that is called one, unlike a "grand prix", which may as well be the weekend.
var strictRace = regexp.MustCompile(word(`(?:feature[ _-]*)?race[ _-]*\d*|feature|rennen[ _-]*\d*|carrera[ _-]*\d*|gara[ _-]*\d*|corrida[ _-]*\d*`).String() + `|(?i)^\s*course(?:[ _-]*\d+)?\s*$`)
