package season

import (
	"strings"
	"unicode"
)

// SplitTitle splits the title of an entry into event and session: "F1: Practice 1 (Grand Prix of Northmoor)", "Grand Prix of
// Northmoor - Qualifying", "Northmoor Sprint". If no session is named, a grand prix is its race, and anything else is of type
// other.
func SplitTitle(summary string) (event, session string, kind Type) {
	fields := strings.FieldsFunc(titleSeparators.Replace(summary), func(r rune) bool { return r == '\x00' })
	fields = fields[:min(len(fields), maxFields)]
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	best, at := -1, []int(nil)
	for i, f := range fields {
		t, where := find(f)
		if where == nil {
			continue
		}
		// A field that only says "Grand Prix" names the event, unless there is nothing better.
		weak := t == Race && !strictRace.MatchString(f)
		if best < 0 || (!weak && (kind == Race && !strictRace.MatchString(fields[best]))) {
			best, at, kind = i, where, t
		}
	}
	if best < 0 {
		return strings.TrimSpace(summary), strings.TrimSpace(summary), Other
	}
	if kind == Race && !strictRace.MatchString(fields[best]) { // a grand prix without a session
		return strings.TrimSpace(summary), "Race", Race
	}
	session = fields[best]
	for i, f := range fields {
		if i != best && (event == "" || saysMore(f, event)) {
			event = f
		}
	}
	if event == "" { // there is one field: without the session, it names the event
		event = strings.Join(strings.Fields(strings.Trim(session[:at[0]]+" "+session[at[1]:], " -:,|()")), " ")
		session = strings.Trim(session[at[0]:at[1]], " -:,|()")
	}
	if event == "" {
		event = session
	}
	return event, session, kind
}

// maxFields bounds the parts of a title that are examined.
const maxFields = 8

// saysMore reports whether one part of a title is more likely to name the event than another: it is not just the series, and has
// more letters.
func saysMore(field, than string) bool {
	a, b := onlySeries(field), onlySeries(than)
	if a != b {
		return b
	}
	return countLetters(field) > countLetters(than)
}

// onlySeries reports whether a text names a series, perhaps with its season or round, and nothing else: "🏁 MotoGP 2030".
func onlySeries(text string) bool {
	words := foldWords(text)
	for i := 0; i < len(words); {
		if n := seriesLength(words[i:]); n > 0 {
			i += n
		} else if isNumber(words[i]) || emptyWords[words[i]] {
			i++
		} else {
			return false
		}
	}
	return true
}

// emptyWords are words that add nothing to the name of a series.
var emptyWords = map[string]bool{"fia": true, "fim": true, "world": true, "championship": true, "series": true, "season": true, "round": true, "the": true, "official": true, "live": true}

// countLetters returns the number of letters and digits of a text.
func countLetters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			n++
		}
	}
	return n
}

// titleSeparators replaces the separators that people write between event and session with a NUL.
var titleSeparators = strings.NewReplacer(" - ", "\x00", " – ", "\x00", " — ", "\x00", ": ", "\x00", " | ", "\x00", "(", "\x00", ")", "\x00", " · ", "\x00")

// NamesSession reports whether a title names a session. "Grand Prix" does not.
func NamesSession(title string) bool {
	kind := TypeOf(title)
	return kind != Other && (kind != Race || strictRace.MatchString(title))
}
