package charset

import (
	"html"
	"regexp"
	"strings"
)

// reference finds a character as HTML writes it. One without a semicolon is none: it may be a parameter's name (&copy=1).
var reference = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// Unescape undoes the character references of HTML in a text, once.
func Unescape(text string) string {
	if strings.IndexByte(text, '&') < 0 || strings.IndexByte(text, ';') < 0 {
		return text
	}
	return reference.ReplaceAllStringFunc(text, func(s string) string {
		// What is known without the semicolon as well leaves the rest: &notes; would be ¬es;
		if plain := html.UnescapeString(s); plain == ";" || !strings.HasSuffix(plain, ";") {
			return plain
		}
		return s
	})
}
