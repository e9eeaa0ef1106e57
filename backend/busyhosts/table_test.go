package busyhosts

import (
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/response"
)

func check(t *Table, generation uint64, u *url.URL) error {
	_, err := t.Check(generation, u)
	return err
}

// One object that is not ready says nothing of the others of its host; too many requests do.
func TestAnUnavailableObjectDoesNotBlockItsHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, other := &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/1.ts"}, &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/2.ts"}
		answer := func(status int) error {
			return &response.StatusError{URL: one.String(), Status: status, RetryAfter: time.Minute}
		}
		var busy Table
		var s *response.StatusError
		_ = busy.Note(1, one, answer(http.StatusServiceUnavailable))
		assert.NoError(t, check(&busy, 1, other))
		if assert.ErrorAs(t, check(&busy, 1, one), &s) {
			assert.Equal(t, http.StatusServiceUnavailable, s.Status)
		}
		_ = busy.Note(1, one, answer(http.StatusTooManyRequests))
		assert.ErrorAs(t, check(&busy, 1, other), &s)
		assert.NoError(t, check(&busy, 2, one), "the next token may lead elsewhere")
		_ = busy.Note(1, one, answer(http.StatusTooManyRequests))
		assert.NoError(t, check(&busy, 2, one), "the answer to an old token comes late")
	})
}

func TestALateSuccessUnderAnOldTokenDoesNotEndAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy Table
		u := &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/1.ts"}
		for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			_ = busy.Note(2, u, &response.StatusError{Status: status, RetryAfter: time.Minute})
			_ = busy.Note(1, u, nil)
			assert.Error(t, check(&busy, 2, u), status)
			_ = busy.Note(2, u, nil)
			assert.NoError(t, check(&busy, 2, u), status)
		}
	})
}

func TestPausesOfManyObjectsDoNotDisplaceThatOfAHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var busy Table
		for i := range 2 * maxPauses {
			u := &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/" + string(rune('a'+i))}
			_ = busy.Note(1, u, &response.StatusError{Status: http.StatusServiceUnavailable, RetryAfter: time.Minute})
		}
		u := &url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/list"}
		_ = busy.Note(1, u, &response.StatusError{Status: http.StatusTooManyRequests, RetryAfter: time.Minute})
		assert.Error(t, check(&busy, 1, u))
		assert.LessOrEqual(t, len(busy.pauses), maxPauses)
	})
}
