//go:build desktop || dev

package desktop

import (
	"os/exec"

	"gridwall/app/desktop/instance"

	"github.com/wailsapp/wails/v2/pkg/options"
)

const webviewName = "WKWebView"

// alert shows a message. Both texts are arguments of the script, so that they cannot change it.
func alert(title, text string) {
	_ = exec.Command("osascript", "-e", "on run argv", "-e",
		`display dialog (item 2 of argv) with title (item 1 of argv) buttons {"OK"} with icon stop`, "-e", "end run", "--", title, text).Run()
}

// singleInstance returns Wails' lock, which is used instead of instance.Claim.
func (d *Desktop) singleInstance() *options.SingleInstanceLock {
	return &options.SingleInstanceLock{UniqueId: "gridwall-" + d.o.ID, OnSecondInstanceLaunch: func(s options.SecondInstanceData) {
		_ = d.SecondStart(instance.Start{Args: s.Args}) // fails if this one is closing; the second start has already ended
	}}
}
