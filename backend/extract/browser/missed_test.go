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

// overheard returns a recorder without a browser, and a function that gives it an event.
func overheard(t *testing.T) (*recorder, func(method, params string)) {
	commands, ours := io.Pipe()
	t.Cleanup(func() { commands.Close() })
	go func() { _, _ = io.Copy(io.Discard, commands) }()
	started := make(chan struct{})
	close(started)
	w := &recorder{
		matches: func(string, string) bool { return true }, started: started, main: &request{last: "http://club.test/"},
		all: map[requestKey]*request{}, playlist: func(*request) {},
		browser: &process{devtools: &devtools{pipe: chromedp.NewPipeConn(commands, ours)}},
	}
	return w, func(method, params string) { w.heard("1", method, jsonv2.Value(params)) }
}

// A renderer that begins to report late tells of a request by its answer alone, or by its second hop.
func TestARequestReportedLateByItsRendererIsFound(t *testing.T) {
	w, say := overheard(t)
	say(network.ResponseReceived.Method, `{"requestId":"7","type":"Fetch","response":{"url":"http://cdn.test/a.m3u8?t=1","status":200,"mimeType":"application/vnd.apple.mpegurl","headers":{}}}`)
	require.Len(t, w.order, 1)
	assert.Equal(t, "http://cdn.test/a.m3u8?t=1", w.order[0].url)
	assert.Equal(t, "http://club.test/", w.order[0].headers.Get("Referer"))
	assert.True(t, w.order[0].matched)

	say(network.RequestWillBeSent.Method, `{"requestId":"8","type":"Fetch","request":{"url":"http://edge.test/b.m3u8","method":"GET","headers":{}},"redirectResponse":{"url":"http://cdn.test/b.m3u8?t=2","status":302,"headers":{}}}`)
	require.Len(t, w.order, 2)
	assert.Equal(t, "http://cdn.test/b.m3u8?t=2", w.order[1].url, "the renderer told of the second hop first")
	assert.Equal(t, "http://edge.test/b.m3u8", w.order[1].last)
}
