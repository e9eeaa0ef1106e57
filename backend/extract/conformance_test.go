package extract_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/source"
	"gridwall/internal/testkind"
)

// A kind that is not tested with bad answers meets its first one on a user's machine.
func TestEveryKindRunsTheConformanceSuite(t *testing.T) {
	for _, kind := range source.Kinds() {
		folder, ok := testkind.Suites[kind]
		if !assert.True(t, ok, "kind %q has no line in testkind.Suites: run testkind.Run from its test, and add it", kind) || folder == "" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		require.NoError(t, err)
		runs := false
		for _, f := range files {
			text, err := os.ReadFile(f)
			require.NoError(t, err)
			runs = runs || strings.Contains(string(text), "testkind.Run(")
		}
		assert.True(t, runs, "no test in backend/extract/%s calls testkind.Run", folder)
	}
	for kind := range testkind.Suites {
		assert.Contains(t, source.Kinds(), kind, "testkind.Suites names a kind that does not exist")
	}
}
