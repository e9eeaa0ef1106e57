package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/api"
	"gridwall/internal/testserver"
)

func TestTheScheduleIsPrintedInTheRequestedZone(t *testing.T) {
	h := testserver.NewHome(t, "[[schedule]]\nkind = \"ics\"\npath = \"club.ics\"\nseries = \"club\"\n", nil)
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "club.ics"), []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Cup: Race (Lakes)\r\nDTSTART:20260308T040000Z\r\nDURATION:PT2H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(h.Config, "overrides.toml"), []byte("[[session]]\nevent = \"Lakes\"\nname = \"Parade\"\nstart = 2026-03-07\n"), 0o600))
	run := func(args ...string) (int, string, string) {
		var out, errs strings.Builder
		code := Main(append([]string{"schedule", "--config", h.Config}, args...), "test", &out, &errs)
		return code, out.String(), errs.String()
	}
	code, out, errs := run("--zone", "Australia/Melbourne")
	assert.Zero(t, code, errs)
	assert.Contains(t, out, "Sun 8 Mar 2026 15:00")
	assert.Contains(t, out, "Sat 7 Mar 2026, time to be announced")
	assert.Contains(t, out, "overridden")
	assert.NotContains(t, out, "\x1b", "no colours without a terminal")
	_, out, _ = run("--zone", "UTC", "--series", "f1")
	assert.Empty(t, out)
	code, _, errs = run("--zone", "Moon")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, `--zone="Moon" is not a known time zone`)
	_, out, _ = run("--json")
	var answer api.Schedule
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Len(t, answer.Events, 1)
	assert.Equal(t, "2026-03-07", answer.Events[0].Sessions[0].Date)
}
