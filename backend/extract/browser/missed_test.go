package browser

import (
	"io"
	"testing"

	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A busy renderer tells of a request by its answer alone, which names the place where redirects ended.
func TestARequestThatItsRendererToldLateKeepsItsFirstAddress(t *testing.T) {
	commands, ours := io.Pipe()
	t.Cleanup(func() { commands.Close() })
	go func() { _, _ = io.Copy(io.Discard, commands) }()
	started := make(chan struct{})
	close(started)
	w := &watch{
		matches: func(string, string) bool { return true }, started: started, main: &request{last: "http://club.test/"},
		all: map[requestKey]*request{}, begun: map[requestKey]begun{}, playlist: func(*request) {},
		browser: &process{devtools: &devtools{pipe: chromedp.NewPipeConn(commands, ours)}},
	}
	say := func(method, params string) { w.heard("1", method, jsonv2.Value(params)) }
	say(fetch.RequestPaused.Method, `{"requestId":"i1","networkId":"7","request":{"url":"http://cdn.test/a.m3u8?t=1","method":"GET","headers":{"Referer":"http://club.test/player"}}}`)
	say(fetch.RequestPaused.Method, `{"requestId":"i2","networkId":"7","redirectedRequestId":"i1","request":{"url":"http://edge.test/a.m3u8?edge=1","method":"GET","headers":{}}}`)
	say(network.ResponseReceived.Method, `{"requestId":"7","type":"Fetch","response":{"url":"http://edge.test/a.m3u8?edge=1","status":200,"mimeType":"application/vnd.apple.mpegurl","headers":{}}}`)
	require.Len(t, w.order, 1)
	assert.Equal(t, "http://cdn.test/a.m3u8?t=1", w.order[0].url)
	assert.Equal(t, "http://edge.test/a.m3u8?edge=1", w.order[0].last)
	assert.Equal(t, "http://club.test/player", w.order[0].headers.Get("Referer"))
	assert.True(t, w.order[0].matched)

	say(network.RequestWillBeSent.Method, `{"requestId":"8","type":"Fetch","request":{"url":"http://edge.test/b.m3u8","method":"GET","headers":{}},"redirectResponse":{"url":"http://cdn.test/b.m3u8?t=2","status":302,"headers":{}}}`)
	require.Len(t, w.order, 2)
	assert.Equal(t, "http://cdn.test/b.m3u8?t=2", w.order[1].url, "the renderer told of the second hop first")
	assert.Equal(t, "http://edge.test/b.m3u8", w.order[1].last)
}
