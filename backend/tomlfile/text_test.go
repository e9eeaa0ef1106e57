package tomlfile

import (
	"strings"
	"testing"
)

func TestAShortenedTextDoesNotEndInsideALetter(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("a", 80):             strings.Repeat("a", 80),
		strings.Repeat("a", 81):             strings.Repeat("a", 80) + "…",
		strings.Repeat("a", 79) + "éé":      strings.Repeat("a", 79) + "…",
		strings.Repeat("a", 78) + "éé":      strings.Repeat("a", 78) + "é…",
		"a" + strings.Repeat("日", 27) + "x": "a" + strings.Repeat("日", 26) + "…",
	} {
		if got := Shorten(text); got != want {
			t.Errorf("Shorten(%q) = %q", text, got)
		}
	}
}
