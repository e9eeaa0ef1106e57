package settings

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/stream"
)

func TestKeysOfOnesOwnSurviveARestart(t *testing.T) {
	db := database(t)
	s, _ := load(t, db, "")
	for _, v := range []string{"mute=Ctrl+m play=none", "louder== quieter=Ctrl++", "place-1=ü find=Shift+F2", ""} {
		require.NoError(t, s.Change(change(KeyKeys, v)), v)
		again, _ := load(t, db, "")
		assert.Equal(t, v, again.Get(KeyKeys))
	}
	require.NoError(t, s.Change(change(KeyKeys, "mute=u")))
	require.NoError(t, s.Change(map[string]*string{KeyKeys: nil}))
	assert.Empty(t, s.Get(KeyKeys))
}

func TestKeysThatCannotWorkAreRefusedWithOneLine(t *testing.T) {
	s, _ := load(t, database(t), "")
	form := `ui.keys must be "action=key", separated by spaces, for example "mute=Ctrl+m play=none"`
	for v, want := range map[string]string{
		"mute":                            form,
		"mute=":                           form,
		"=m":                              form,
		"mute=a  play=b":                  form,
		"Mute=m":                          form,
		"mute=m play=m":                   `ui.keys: "m" is set for both mute and play`,
		"mute=m mute=n":                   "ui.keys: mute is set twice",
		"mute=\x07":                       "ui.keys: the key of mute is not a key's name",
		"mute=\xff":                       "ui.keys: the key of mute is not a key's name",
		"mute=" + strings.Repeat("x", 33): "ui.keys: the key of mute is not a key's name",
		strings.Repeat("x", 4097):         "ui.keys is longer than 4096 bytes",
	} {
		err := s.Change(change(KeyKeys, v))
		require.ErrorIs(t, err, stream.ErrInvalid, v)
		assert.Equal(t, want, err.Error())
	}
	assert.NoError(t, s.Change(change(KeyKeys, "mute=none play=none")), "several actions may have no key")
}
