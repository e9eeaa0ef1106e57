package jsoncal

import (
	"regexp"
	"strings"
)

// keyName returns a key such as sprintQualifying or practice1 as a name such as "Sprint qualifying".
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

// humps matches where camel case and digits begin a new word.
var humps = regexp.MustCompile(`([\p{Ll}])([\p{Lu}\d])`)
