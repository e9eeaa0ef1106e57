package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

func TestATracePrintsEachStepOnStderrWithoutTokens(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/live":
			fmt.Fprint(w, `<html><title>Club</title><iframe src="/frame?key=geheim">`)
		case "/frame":
			fmt.Fprint(w, `<html>player("https://cdn.test/world.m3u8?token=geheim")`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	page := "kind = \"page\"\nallow_private = true\n[[follow]]\nselect = \"iframe\"\n"
	h := testserver.NewHome(t, testserver.Quiet, map[string]string{
		"club": "url = \"" + site.URL + "/live?key=geheim\"\n" + page,
		"gone": "enabled = false\nurl = \"" + site.URL + "/gone?key=geheim\"\n" + page,
	})
	flags := []string{"extract", "--config", h.Config, "--data", h.Data, "--trace"}
	code, stdout, stderr := finish(t, append(flags, "--source", "club")...)
	assert.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "cdn.test/world.m3u8")
	assert.Regexp(t, `(?m)^trace of club \(page\)$`, stderr)
	assert.Regexp(t, `(?m)^ +1  GET `+site.URL+`/live\?…  200, [1-9]\d* bytes, \d+ ms$`, stderr)
	assert.Regexp(t, `(?m)^ +\d  follow 1: links  yield 1$`, stderr)
	assert.Regexp(t, `(?m)^ +\d  GET `+site.URL+`/frame\?…  200, `, stderr)
	assert.Regexp(t, `(?m)^found 1 streams in `, stderr)
	assert.NotContains(t, stdout+stderr, "geheim")

	code, stdout, stderr = finish(t, append(flags, "--source", "gone")...)
	assert.Equal(t, 1, code)
	assert.Empty(t, stdout)
	assert.Regexp(t, `(?m)^ +1  GET .*/gone\?…  404, `, stderr)
	assert.Contains(t, stderr, "gridwall: gone: "+site.URL+"/gone?… answered 404 Not Found")
	assert.NotContains(t, stderr, "geheim")

	code, stdout, _ = finish(t, append(flags, "--source", "gone", "--json")...)
	assert.Equal(t, 1, code)
	var trial struct {
		Steps []struct {
			URL    string
			Status int
		}
		Error string
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &trial), stdout)
	assert.Equal(t, 404, trial.Steps[0].Status)
	assert.Contains(t, trial.Error, "answered 404")

	code, _, stderr = finish(t, flags...)
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, "--source KEY")
}
