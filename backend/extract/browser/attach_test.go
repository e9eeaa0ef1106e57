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

func TestATabIsSentToItsPageOnlyWhenAllThatItDoesIsReported(t *testing.T) {
	commands, ours := io.Pipe() // without a buffer: each command waits to be read
	t.Cleanup(func() { commands.Close() })
	w := &recorder{
		attached: make(chan struct{}), agent: "Club/1", own: headerOf(nil), site: "http://club.test",
		browser: &process{devtools: &devtools{pipe: chromedp.NewPipeConn(commands, ours)}},
	}
	go w.attach(target.EventAttachedToTarget{SessionID: "1", TargetInfo: &target.Info{Type: "page", TargetID: "7"}})
	read := bufio.NewReader(commands)
	for {
		select {
		case <-w.attached:
			require.FailNow(t, "the run may open the page, and the tab is not ready")
		default:
		}
		command, err := read.ReadString(0)
		require.NoError(t, err)
		if strings.Contains(command, `"`+runtime.RunIfWaitingForDebugger.Method+`"`) {
			break
		}
	}
	<-w.attached
}
