package browser

import (
	"bufio"
	"context"
	"io"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/extract"
	"gridwall/backend/source"
)

// A new tab shows an empty page first, which may report that it was loaded after the site's page was asked for.
func TestTheEmptyPageOfANewTabIsNotTakenForTheSitesPage(t *testing.T) {
	rec, event := newTestRecorder(t)
	rec.page, rec.main = "1", nil
	r := &run{recorder: rec, quiet: time.Second}
	isFinished := func() bool {
		done, err := r.finished(time.Now().Add(time.Minute))
		require.NoError(t, err)
		return done
	}
	event(page.LoadEventFired.Method, `{"timestamp":1}`)
	assert.False(t, isFinished(), "nothing was requested")
	event(network.RequestWillBeSent.Method, `{"requestId":"7","type":"Document","request":{"url":"http://club.test/","method":"GET","headers":{}}}`)
	event(page.LoadEventFired.Method, `{"timestamp":2}`)
	assert.False(t, isFinished(), "the site has not answered")
	event(network.ResponseReceived.Method, `{"requestId":"7","type":"Document","response":{"url":"http://club.test/","status":200,"mimeType":"text/html","headers":{}}}`)
	assert.False(t, isFinished(), "the page is not complete")
	event(page.LoadEventFired.Method, `{"timestamp":3}`)
	assert.True(t, isFinished())
}

// A renderer that is replaced while the page is requested does not always report that the request failed.
func TestAFailureThatOnlyTheNavigationReportsIsTold(t *testing.T) {
	commands, out := io.Pipe()
	in, answers := io.Pipe()
	rec := &recorder{page: "1", all: map[requestKey]*request{}}
	d := &devtools{
		pipe: chromedp.NewPipeConn(in, out), onEvent: func(target.SessionID, string, jsonv2.Value) {},
		disconnected: make(chan struct{}), waiting: map[int64]chan<- *cdproto.Message{},
	}
	rec.browser = &process{devtools: d}
	go d.listen()
	t.Cleanup(func() {
		answers.Close()
		<-d.disconnected
	})
	go func() {
		_, _ = bufio.NewReader(commands).ReadString(0)
		_, _ = answers.Write([]byte(`{"id":1,"sessionId":"1","result":{"frameId":"7","errorText":"net::ERR_UNSAFE_REDIRECT"}}` + "\x00"))
	}()
	r := &run{recorder: rec, src: source.Source{URL: "http://club.test/to-file"}, quiet: time.Second, proxy: &egressProxy{}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r.navigate(ctx)
	r.reading.Wait()
	done, err := r.finished(time.Now())
	require.True(t, done)
	require.ErrorIs(t, err, extract.ErrScheme)
	assert.ErrorContains(t, err, "http://club.test/to-file redirected to an address that is neither http nor https")
}
