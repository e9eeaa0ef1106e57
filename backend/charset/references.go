package charset

import (
	"html"
	"regexp"
	"strings"
)

// reference matches an HTML character reference. One without a semicolon may be a parameter's name (&copy=1).
var reference = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// Unescape decodes the HTML character references in a text, once.
func Unescape(text string) string {
	if strings.IndexByte(text, '&') < 0 || strings.IndexByte(text, ';') < 0 {
		return text
	}
	return reference.ReplaceAllStringFunc(text, func(s string) string {
		// Prefixes of some names are valid without the semicolon: &notes; must not become ¬es;
		if plain := html.UnescapeString(s); plain == ";" || !strings.HasSuffix(plain, ";") {
			return plain
		}
		return s
	})
}
