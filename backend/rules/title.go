package rules

import (
	"regexp"
	"strings"
	"unicode"
)

// qualityWord matches the words of a title that say how good a stream is, not what it shows.
var qualityWord = regexp.MustCompile(`^(?:sd|hd|fhd|qhd|uhd|[248]k|hdr|hdr10|hlg|sdr|\d{3,4}[pi](?:\d\d)?|\d\d(?:fps|hz)|fps|hevc|avc|av1|[hx]26[45]|[hx]|26[45]|mbps|\d+k|live)$`)

// NormaliseTitle returns a title in the form in which titles of different sources are compared: lower case, without accents,
// punctuation and words for the quality. It returns "" for a title that has nothing else.
func NormaliseTitle(title string) string {
	words := strings.FieldsFunc(strings.ToLower(Fold(title)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	kept := words[:0]
	for _, w := range words {
		if !qualityWord.MatchString(w) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}
