package api

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/source"
)

// commandFile is a folder with one source that runs a program. No kind of this build does that yet, so it stands in for
// the real folder.
type commandFile struct {
	sources
	enabled bool
}

func (f *commandFile) All() []source.Entry         { return nil } // what is answered is not the matter here
func (f *commandFile) Text(string) ([]byte, error) { return []byte("kind = \"command\"\n"), nil }
func (f *commandFile) Check(string, []byte) (source.Source, error) {
	return source.Source{Kind: kindCommand}, nil
}

func (f *commandFile) Enable(_ string, on bool) error {
	f.enabled = on
	return nil
}

func TestNobodyLetsAProgramRunThroughTheSwitch(t *testing.T) {
	f := &commandFile{}
	a := New(Options{Sources: f})
	_, err := a.EnableSource(t.Context(), "mine", SourceSwitch{Enabled: true})
	assert.Equal(t, CodeForbidden, AsError(err).Code)
	assert.ErrorContains(t, err, "allow_commands")
	require.False(t, f.enabled)

	_, _ = a.EnableSource(t.Context(), "mine", SourceSwitch{Enabled: true, AllowCommand: true})
	require.True(t, f.enabled, "the window may, and a server that allows it")
	_, _ = a.EnableSource(t.Context(), "mine", SourceSwitch{})
	require.False(t, f.enabled, "turning one off is always allowed")
}
