package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters replaces letters that Unicode does not decompose into a letter and an accent.
var letters = strings.NewReplacer("ß", "ss", "ø", "o", "Ø", "O", "æ", "ae", "Æ", "Ae", "œ", "oe", "Œ", "Oe", "ł", "l", "Ł", "L",
	"đ", "d", "Đ", "D", "ı", "i", "þ", "th", "Þ", "Th", "ð", "d", "Ð", "D", "’", "'")

// Fold returns text without accents: "São Paulo" is "Sao Paulo". The expressions ignore case themselves.
func Fold(text string) string {
	if isASCII(text) {
		return text // like most of the 50,000 titles of a list
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(letters.Replace(text)))
}

// foldPattern folds the letters of a regular expression, but nothing that may be syntax: a letter is only replaced by letters.
func foldPattern(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		one := string(r)
		switch {
		case r < utf8.RuneSelf:
		case unicode.Is(unicode.Mn, r):
			one = ""
		case unicode.IsLetter(r):
			if folded := Fold(one); strings.IndexFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
				one = folded
			}
		}
		b.WriteString(one)
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
