package settings

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxKeys bounds the value of ui.keys, in bytes.
	maxKeys = 4096
	// maxKey bounds one key with its modifiers, in characters.
	maxKey = 32
	// noKey is the key of an action that has none.
	noKey = "none"
)

// action matches the name of an action. Which actions exist is known only to the page.
var action = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// validateKeys validates ui.keys: "action=key" separated by single spaces, a key as the page writes it, "none" for no key.
func validateKeys(v string) error {
	if len(v) > maxKeys {
		return fmt.Errorf("ui.keys is longer than %d bytes", maxKeys)
	}
	if v == "" {
		return nil
	}
	actions, keys := map[string]bool{}, map[string]string{}
	for entry := range strings.SplitSeq(v, " ") {
		name, key, ok := strings.Cut(entry, "=")
		switch {
		case !ok || !action.MatchString(name) || key == "":
			return errors.New(`ui.keys must be "action=key", separated by spaces, for example "mute=Ctrl+m play=none"`)
		case utf8.RuneCountInString(key) > maxKey || !utf8.ValidString(key) || strings.ContainsFunc(key, unprintable):
			return fmt.Errorf("ui.keys: the key of %s is not a key's name", name)
		case actions[name]:
			return fmt.Errorf("ui.keys: %s is set twice", name)
		case key != noKey && keys[key] != "":
			return fmt.Errorf("ui.keys: %q is set for both %s and %s", key, keys[key], name)
		}
		actions[name], keys[key] = true, name
	}
	return nil
}

func unprintable(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }
