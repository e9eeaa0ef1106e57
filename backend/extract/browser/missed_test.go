package browser

import (
	"io"
	"testing"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newTestRecorder returns a recorder without a browser, and a function that sends it an event.
func newTestRecorder(t *testing.T) (*recorder, func(method, params string)) {
	commands, ours := io.Pipe()
	t.Cleanup(func() { commands.Close() })
	go func() { _, _ = io.Copy(io.Discard, commands) }()
	started := make(chan struct{})
	close(started)
	rec := &recorder{
		matches: func(string, string) bool { return true }, started: started, main: &request{last: "http://club.test/"},
		all: map[requestKey]*request{}, playlist: func(*request) {},
		browser: &process{devtools: &devtools{pipe: chromedp.NewPipeConn(commands, ours)}},
	}
	return rec, func(method, params string) { rec.onEvent("1", method, jsonv2.Value(params)) }
}

// A renderer that begins to report late reports only the answer of a request, or only its redirect's target.
func TestARequestReportedLateByItsRendererIsFound(t *testing.T) {
	rec, event := newTestRecorder(t)
	event(network.ResponseReceived.Method, `{"requestId":"7","type":"Fetch","response":{"url":"http://cdn.test/a.m3u8?t=1","status":200,"mimeType":"application/vnd.apple.mpegurl","headers":{}}}`)
	require.Len(t, rec.order, 1)
	assert.Equal(t, "http://cdn.test/a.m3u8?t=1", rec.order[0].url)
	assert.Equal(t, "http://club.test/", rec.order[0].headers.Get("Referer"))
	assert.True(t, rec.order[0].matched)

	event(network.RequestWillBeSent.Method, `{"requestId":"8","type":"Fetch","request":{"url":"http://edge.test/b.m3u8","method":"GET","headers":{}},"redirectResponse":{"url":"http://cdn.test/b.m3u8?t=2","status":302,"headers":{}}}`)
	require.Len(t, rec.order, 2)
	assert.Equal(t, "http://cdn.test/b.m3u8?t=2", rec.order[1].url, "only the redirect's target was reported")
	assert.Equal(t, "http://edge.test/b.m3u8", rec.order[1].last)
}
