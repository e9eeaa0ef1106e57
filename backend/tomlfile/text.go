package tomlfile

import (
	"strconv"
	"strings"
)

// maxShown bounds a text of the file in an error, in bytes.
const maxShown = 80

// QuoteList returns words in quotes and separated by commas, for an error.
func QuoteList(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return strings.Join(quoted, ", ")
}

// Shorten returns a text of the file for an error, shortened so that the error stays readable.
func Shorten(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "…"
}

// TypeName returns the type of a value in words.
func TypeName(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}

// Join returns the path of a key in the table at path; "" is the root table.
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
