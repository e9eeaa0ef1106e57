package settings

import (
	"fmt"
	"regexp"
	"strings"
)

// maxLanguages bounds the languages of ui.audio_languages.
const maxLanguages = 10

// languageTag matches a language as feeds name it (RFC 5646), such as en, pt-BR or deu.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)

// validateLanguages validates ui.audio_languages: language tags separated by commas, the preferred first; empty for none.
func validateLanguages(v string) error {
	if strings.TrimSpace(v) == "" {
		return nil
	}
	tags := strings.Split(v, ",")
	if len(tags) > maxLanguages {
		return fmt.Errorf("ui.audio_languages may have at most %d languages", maxLanguages)
	}
	for _, tag := range tags {
		if !languageTag.MatchString(strings.TrimSpace(tag)) {
			return fmt.Errorf("ui.audio_languages must be language codes separated by commas, for example: de, en")
		}
	}
	return nil
}
