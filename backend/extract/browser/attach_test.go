package browser

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestAPageIsLoadedOnlyWhenItsRequestsAreRecorded(t *testing.T) {
	commands, ours := io.Pipe() // without a buffer: each command waits to be read
	t.Cleanup(func() { commands.Close() })
	rec := &recorder{
		attached: make(chan struct{}), userAgent: "Club/1", siteHeaders: headerOf(nil), origin: "http://club.test",
		browser: &process{devtools: &devtools{pipe: chromedp.NewPipeConn(commands, ours)}},
	}
	go rec.attach(target.EventAttachedToTarget{SessionID: "1", TargetInfo: &target.Info{Type: "page", TargetID: "7"}})
	read := bufio.NewReader(commands)
	for {
		select {
		case <-rec.attached:
			require.FailNow(t, "the run may open the page before the tab is ready")
		default:
		}
		command, err := read.ReadString(0)
		require.NoError(t, err)
		if strings.Contains(command, `"`+runtime.RunIfWaitingForDebugger.Method+`"`) {
			break
		}
	}
	<-rec.attached
}
