package extract_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract/extracttest"
	"gridwall/backend/source"
)

// A kind that never met a bad answer in a test meets its first on a user's machine.
func TestEveryKindRunsTheConformanceSuite(t *testing.T) {
	for _, kind := range source.Kinds() {
		folder, ok := extracttest.Suites[kind]
		if !assert.True(t, ok, "kind %q has no line in extracttest.Suites: run extracttest.Run from its test, and add it", kind) || folder == "" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		require.NoError(t, err)
		runs := false
		for _, f := range files {
			text, err := os.ReadFile(f)
			require.NoError(t, err)
			runs = runs || strings.Contains(string(text), "extracttest.Run(")
		}
		assert.True(t, runs, "no test in backend/extract/%s calls extracttest.Run", folder)
	}
	for kind := range extracttest.Suites {
		assert.Contains(t, source.Kinds(), kind, "extracttest.Suites names a kind that does not exist")
	}
}
