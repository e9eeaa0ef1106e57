package cli

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

func TestTheSameAddressPlaysAfterAKill(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())
	h := testserver.NewHome(t, testserver.Quiet, nil)
	args := []string{"--demo", "--listen", addr, "--config", h.Config, "--data", h.Data}
	s := serve(t, args...)
	id := s.streams(4)[0].(map[string]any)["id"].(string)
	segment := s.play(id)
	require.NoError(t, s.cmd.Process.Kill())
	_ = s.cmd.Wait()

	s = serve(t, args...)
	begin := time.Now()
	s.get(segment) // the same segment, by its number
	s.play(id)
	assert.Less(t, time.Since(begin), wait)
	active := s.json("/api/v1/active")["active"].([]any)
	require.Len(t, active, 1)
	assert.Equal(t, id, active[0].(map[string]any)["id"])
}

func TestCommandsRunADemoSourceFromAFile(t *testing.T) {
	h := testserver.NewHome(t, "schedule = []\n", map[string]string{"show": "kind = \"demo\"\n"})
	code, stdout, stderr := finish(t, "extract", "--json", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "World feed")
	assert.Contains(t, stdout, `"is_live": true`)
	code, stdout, stderr = finish(t, "schedule", "--config", h.Config, "--data", h.Data)
	assert.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "Qualifying")
}
