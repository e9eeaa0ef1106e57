package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

func TestOffsetsAreChangedOneByOneAndSurviveARestart(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet, nil)
	s := start(t, h, false)
	const path = "/api/v1/offsets"
	assert.JSONEq(t, `{"version":1,"offsets":[]}`, string(s.get(path).Body))
	ctx, end := context.WithCancel(t.Context())
	defer end()
	events, _ := s.listen(ctx)

	put := s.do("PUT", path, `{"offsets":[{"source":"club","feed":"Onboard 7","ms":250},{"source":"club","kind":"Onboard","ms":-1500}]}`)
	require.Equal(t, http.StatusOK, put.Status, "%s", put.Body)
	await(t, events, "offsets")
	put = s.do("PUT", path, `{"offsets":[{"source":"club","feed":"World","ms":50}]}`)
	require.Equal(t, http.StatusOK, put.Status, "%s", put.Body)
	all := `{"version":1,"offsets":[{"source":"club","kind":"Onboard","ms":-1500},{"source":"club","feed":"Onboard 7","ms":250},{"source":"club","feed":"World","ms":50}]}`
	assert.JSONEq(t, all, string(put.Body))

	s.do("PUT", path, `{"version":2,"offsets":[{"source":"club","feed":"World","ms":null}]}`).failed(t, 422, "invalid")
	s.do("PUT", path, `{"offsets":[{"source":"club","feed":"World","ms":70000}]}`).failed(t, 422, "invalid")
	for _, number := range []string{"1e400", "1e3", "99999999999999999999"} {
		answer := s.do("PUT", path, `{"offsets":[{"source":"club","feed":"World","ms":`+number+`}]}`)
		assert.Contains(t, string(answer.Body), "the number "+number+" is too large, or is not written in digits alone")
		assert.NotContains(t, string(answer.Body), "Go ")
	}
	s.do("PUT", path, `{"offsets":[{"source":"club","feed":"World"}]}`).failed(t, 422, "invalid")
	s.do("PUT", path, `{"offsets":7}`).failed(t, 422, "invalid")
	s.Stop()

	s = start(t, h, false)
	exported := s.get(path).Body
	assert.JSONEq(t, all, string(exported))
	put = s.do("PUT", path, string(exported))
	assert.JSONEq(t, all, string(put.Body), "an exported file can be imported")
	put = s.do("PUT", path, `{"offsets":[{"source":"club","feed":"world","ms":null}]}`)
	assert.NotContains(t, string(put.Body), "World")
}

func TestAsManyOffsetsAsCanBeStoredCanBeExportedAndImported(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	type offset struct {
		Source string `json:"source"`
		Feed   string `json:"feed"`
		MS     int    `json:"ms"`
	}
	all := make([]offset, 2_000)
	for i := range all {
		all[i] = offset{strings.Repeat("&", 300), strings.Repeat("&", 296) + fmt.Sprintf("%04d", i), -60_000}
	}
	body, err := json.MarshalIndent(map[string]any{"version": 1, "offsets": all}, "", "  ")
	require.NoError(t, err)
	require.Greater(t, len(body), 7_000_000)
	put := s.do("PUT", "/api/v1/offsets", string(body))
	require.Equal(t, http.StatusOK, put.Status, "%.300s", put.Body)
	exported := string(s.get("/api/v1/offsets").Body)
	put = s.do("PUT", "/api/v1/offsets", exported)
	require.Equal(t, http.StatusOK, put.Status, "%.300s", put.Body)
	assert.True(t, exported == string(put.Body), "nothing has changed")
	s.do("PUT", "/api/v1/offsets", `{"offsets":[]`+strings.Repeat(" ", 8_000_000)+"}").failed(t, 413, "too_large")
}
