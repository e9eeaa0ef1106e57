package api

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api/fault"
	"gridwall/backend/source"
)

// commandFile is a source folder with one source of kind command.
type commandFile struct {
	sources
	enabled bool
}

func (f *commandFile) All() []source.Entry         { return nil }
func (f *commandFile) Text(string) ([]byte, error) { return []byte("kind = \"command\"\n"), nil }
func (f *commandFile) Check(string, []byte) (source.Source, error) {
	return source.Source{Kind: "command"}, nil
}

func (f *commandFile) Enable(_ string, on bool) error {
	f.enabled = on
	return nil
}

func TestEnablingACommandSourceOverHTTPIsForbidden(t *testing.T) {
	f := &commandFile{}
	a := New(Options{Sources: SourceParts{Files: f}})
	_, err := a.EnableSource(t.Context(), "mine", SourceSwitch{Enabled: true})
	assert.Equal(t, fault.CodeForbidden, fault.AsError(err).Code)
	assert.ErrorContains(t, err, "allow_commands")
	require.False(t, f.enabled)

	_, _ = a.EnableSource(WithCaller(t.Context(), InPerson), "mine", SourceSwitch{Enabled: true})
	require.True(t, f.enabled, "the window may enable it")
	_, _ = a.EnableSource(t.Context(), "mine", SourceSwitch{})
	require.False(t, f.enabled, "turning one off is always allowed")
}
