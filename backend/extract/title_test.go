package extract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/extract"
)

func TestASitesTitleFitsOnOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "World": "World", " World \t feed\r\n": "World feed", "a\x00b\x1b[31m": "a b [31m", "Monde é 🏁": "Monde é 🏁", "bad \xff": "bad \ufffd",
		"a  b": "a b", "Live \u202e4pm.exe\u2066": "Live 4pm.exe", "\u200fעברית": "\u200fעברית", " ": "", "a ": "a",
		strings.Repeat("x", 400):       strings.Repeat("x", extract.MaxTitle-3) + "…",
		"y" + strings.Repeat("é", 400): "y" + strings.Repeat("é", 148) + "…",
	} {
		assert.Equal(t, want, extract.CleanTitle(in))
		assert.LessOrEqual(t, len(want), extract.MaxTitle)
	}
}
