package settings

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

func TestThePreferredLanguagesOfTheSoundAreCodes(t *testing.T) {
	s, _ := load(t, database(t), "")
	for _, v := range []string{"de, en", "pt-BR", "deu,eng", ""} {
		require.NoError(t, s.Change(change(KeyAudioLanguages, v)), v)
		assert.Equal(t, v, s.Get(KeyAudioLanguages))
	}
	for _, v := range []string{"German!", "de;en", "de,,en", "x", strings.Repeat("de,", 10) + "en", "\xff"} {
		require.ErrorIs(t, s.Change(change(KeyAudioLanguages, v)), stream.ErrInvalid, v)
	}
	assert.Empty(t, s.Get(KeyAudioLanguages))
}
