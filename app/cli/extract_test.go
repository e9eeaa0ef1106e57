package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

// A script that runs before the race must be able to distinguish "not yet" from "broken".
func TestExtractDoesNotFailForAStreamThatHasNotBegun(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh")
	}
	path := filepath.Join(t.TempDir(), "list.sh")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho 'ERROR: [site] abc: This live event will begin in 2 hours.' >&2\nexit 1\n"), 0o755))
	text := "kind = \"command\"\nformat = \"lines\"\ncommand = [\"" + path + "\"]\n"
	h := testserver.NewHome(t, testserver.Quiet, map[string]string{"club": text})
	for _, args := range [][]string{{"extract", "--config", h.Config}, {"extract", "--config", h.Config, "--source", "club"}} {
		code, stdout, stderr := finish(t, args...)
		assert.Zero(t, code, stderr)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "club: list.sh: This live event will begin in 2 hours\n")
	}
	for _, args := range [][]string{{"--json"}, {"--json", "--source", "club"}, {"--json", "--source", "club", "--trace"}, {"--source", "club", "--trace"}} {
		code, stdout, stderr := finish(t, append([]string{"extract", "--config", h.Config}, args...)...)
		assert.Zero(t, code, "%v: %s", args, stderr)
		assert.Contains(t, stderr, "This live event will begin in 2 hours", args)
		if args[0] != "--json" {
			assert.Empty(t, stdout)
			continue
		}
		var doc map[string]any
		require.NoError(t, json.Unmarshal([]byte(stdout), &doc), "%v: %s", args, stdout)
		assert.Equal(t, []any{}, doc["streams"], args)
		assert.EqualValues(t, 0, doc["count"], args)
	}
	s := serve(t, "--listen", "127.0.0.1:0", "--config", h.Config, "--data", h.Data)
	require.Eventually(t, func() bool {
		sources := s.json("/api/v1/sources")["sources"].([]any)
		club := sources[0].(map[string]any)
		return club["not_yet"] == "This live event will begin in 2 hours" && club["looks_again"] != nil && club["error"] == nil
	}, 20*time.Second, 100*time.Millisecond)
}
