package app

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/internal/testserver"
)

func TestASavedWallIsReplacedOnlyByAClientThatNamesItsRevision(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	const path = "/api/v1/walls/Race%20day%2FMonaco"
	s.get(path).failed(t, 404, "unknown_wall")
	first := s.do("PUT", path, `{"layout":"1+3","tiles":[{"id":"a"}]}`, "If-None-Match", "*")
	require.Equal(t, http.StatusOK, first.Status, "%s", first.Body)
	tag := first.Header.Get("ETag")
	require.Regexp(t, `^"[0-9a-f]+"$`, tag)
	got := s.get(path)
	assert.JSONEq(t, `{"layout":"1+3","tiles":[{"id":"a"}]}`, string(got.Body), "as it was saved")
	assert.Equal(t, tag, got.Header.Get("ETag"))

	s.do("PUT", path, `{}`).failed(t, 428, "precondition_required")
	s.do("PUT", path, `{}`, "If-None-Match", "*").failed(t, 412, "stale")
	second := s.do("PUT", path, `{"tiles":[]}`, "If-Match", tag)
	require.Equal(t, http.StatusOK, second.Status, "%s", second.Body)
	for _, stale := range []string{tag, `"0"`, `"*"`, `""`, `"none"`} {
		s.do("PUT", path, `{}`, "If-Match", stale).failed(t, 412, "stale")
		s.do("DELETE", path, ``, "If-Match", stale).failed(t, 412, "stale")
	}
	s.do("PUT", path, `{}`, "If-Match", "abc").failed(t, 400, "bad_request")
	s.do("DELETE", path, ``).failed(t, 428, "precondition_required")
	s.do("PUT", "/api/v1/walls/x", `[]`).failed(t, 422, "invalid")

	list := list(t, s.get("/api/v1/walls").json(t), "walls")
	require.Len(t, list, 1)
	assert.Equal(t, "Race day/Monaco", list[0]["name"])
	assert.Equal(t, second.Header.Get("ETag"), `"`+list[0]["revision"].(string)+`"`)
	assert.Equal(t, http.StatusNoContent, s.do("DELETE", path, ``, "If-Match", "*").Status)
	s.get(path).failed(t, 404, "unknown_wall")
}

func TestSavedWallsSurviveARestart(t *testing.T) {
	h := testserver.NewHome(t, testserver.Quiet, nil)
	s := start(t, h, false)
	require.Equal(t, http.StatusOK, s.do("PUT", "/api/v1/walls/Monaco", `{"tiles":[]}`).Status)
	s.Stop()
	s = start(t, h, false)
	assert.JSONEq(t, `{"tiles":[]}`, string(s.get("/api/v1/walls/Monaco").Body))
}

func TestABodyThatIsNotUTF8IsRefused(t *testing.T) {
	s := start(t, testserver.NewHome(t, testserver.Quiet, nil), false)
	for _, path := range []string{"/api/v1/walls/bad", "/api/v1/layouts", "/api/v1/offsets", "/api/v1/screens/a", "/api/v1/settings"} {
		method := http.MethodPut
		if path == "/api/v1/settings" {
			method = http.MethodPatch
		}
		says := s.do(method, path, "{\"a\":\"\xff\"}").failed(t, 400, "bad_request")
		assert.Equal(t, "the body is not UTF-8; send JSON in UTF-8", says, path)
	}
	assert.JSONEq(t, `{"walls":[]}`, string(s.get("/api/v1/walls").Body))
}
