package httpclient

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2030, 5, 24, 13, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, " 120 ": 2 * time.Minute, "007": 7 * time.Second,
		"Fri, 24 May 2030 13:00:30 GMT":  30 * time.Second,
		"Friday, 24-May-30 13:00:30 GMT": 30 * time.Second,
		"Fri May 24 13:00:30 2030":       30 * time.Second,
		"Fri, 24 May 2030 12:00:00 GMT":  0,
		"Fri, 24 May 2099 12:00:00 GMT":  maxRetryAfter,
		"99999999999999999999999999":     maxRetryAfter,
		"1m":                             -1, "-5": -1, "1.5": -1, "soon": -1, "": -1, "5s": -1, "1e3": -1, "+5": -1, "5, 6": -1, "٣": -1,
	} {
		d, ok := RetryAfter(http.Header{"Retry-After": {value}}, now)
		if want < 0 {
			assert.False(t, ok, value)
			assert.Zero(t, d, value)
			continue
		}
		assert.True(t, ok, value)
		assert.Equal(t, want, d, value)
	}
	// A server whose clock is an hour late means its own time.
	d, ok := RetryAfter(http.Header{"Retry-After": {"Fri, 24 May 2030 12:00:05 GMT"}, "Date": {"Fri, 24 May 2030 12:00:00 GMT"}}, now)
	assert.True(t, ok)
	assert.Equal(t, 5*time.Second, d)
}

func TestAHeaderThatWouldBreakPlaybackIsNeverSent(t *testing.T) {
	for _, name := range []string{"Accept-Encoding", "accept-encoding", "Range", "If-None-Match", "if-modified-since", "If-Range", "If-Match",
		"Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Host", "HOST", "Proxy-Authorization",
		"proxy-connection", "Expect", "!Host", "!sec-ch-ua", ":authority", ":path", "", "a b", "a:b", "ä", "a\n"} {
		assert.False(t, Sendable(name, "x"), name)
	}
	assert.False(t, Sendable("X-A", "a\r\nB: c"))
	assert.False(t, Sendable("X-A", "a\x00"))
	for _, name := range []string{"User-Agent", "Referer", "Origin", "Cookie", "Authorization", "X-Api-Key", "Accept", "Accept-Language", "sec-ch-ua", "x_y"} {
		assert.True(t, Sendable(name, `a="b\c"; {"d":1} ä`), name)
	}
	assert.Equal(t, map[string]string{"User-Agent": "Box/1.0", "X-Key": "k"},
		Filter(map[string]string{"user-agent": " Box/1.0 ", "Range": "bytes=0-", "x-key": "k", "Referer": " ", "Host": "x"}))
	assert.Nil(t, Filter(map[string]string{"Host": "x"}))
}
