package text

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnErrorInADialogIsASentence(t *testing.T) {
	for in, want := range map[string]string{
		"listen 127.0.0.1:8788: in use":                              "Listen 127.0.0.1:8788: in use.",
		"/data/gridwall.db is in use":                                "/data/gridwall.db is in use.",
		"fetch https://a.example/?token=x\n now":                     "Fetch https://a.example/?… now.",
		`config.toml:2: unknown key "lisen"; did you mean "listen"?`: `config.toml:2: unknown key "lisen"; did you mean "listen"?`,
	} {
		assert.Equal(t, want, Sentence(errors.New(in)))
	}
}
