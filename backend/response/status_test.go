package response

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"gridwall/backend/httpclient"
)

// The meaning of each status is defined in one place.
func TestEachStatusIsASuccessARefusalOrAFault(t *testing.T) {
	kindOf := func(code int, rng, query string, forwarded bool) string {
		req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/x?"+query, nil)
		if rng != "" {
			req.Header.Set("Range", rng)
		}
		w := httptest.NewRecorder()
		w.WriteHeader(code)
		resp := w.Result()
		resp.Request = req
		err := CheckStatus(&httpclient.Response{Response: resp}, forwarded)
		var r *Refused
		switch {
		case err == nil:
			return "ok"
		case errors.As(err, &r) && r.Doubtful:
			return "doubtful"
		case errors.As(err, &r):
			return "refused"
		}
		return "other"
	}
	for code := 200; code < 600; code++ {
		want := "other"
		switch {
		case code < 300:
			want = "ok"
		case code == 401, code == 403, code == 404, code == 410:
			want = "refused"
		case code == 408, code == 425, code == 429:
		case code >= 400 && code < 500, code == 511:
			want = "doubtful"
		}
		assert.Equal(t, want, kindOf(code, "", "", false), code)
	}
	assert.Equal(t, "other", kindOf(416, "bytes=5-", "", false))
	assert.Equal(t, "other", kindOf(407, "", "", true))
	assert.Equal(t, "other", kindOf(400, "", "token=x&_HLS_msn=7", false))
}

func TestAStatusWithoutANameIsReportedPlainly(t *testing.T) {
	assert.Equal(t, "http://127.0.0.1/x answered 458", (&StatusError{URL: "http://127.0.0.1/x", Status: 458}).Error())
	assert.Equal(t, "http://127.0.0.1/x answered 302 Found, a redirect without an address (Location)", (&StatusError{URL: "http://127.0.0.1/x", Status: 302}).Error())
	assert.Equal(t, "http://127.0.0.1/x answered 520", (&StatusError{URL: "http://127.0.0.1/x", Status: 520}).Error())
	assert.Equal(t, "http://127.0.0.1/x answered 410 Gone", (&Refused{URL: "http://127.0.0.1/x", Status: 410}).Error())
}
