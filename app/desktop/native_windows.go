//go:build desktop || dev

package desktop

import (
	"github.com/wailsapp/wails/v2/pkg/options"
	"golang.org/x/sys/windows"

	"gridwall/app/desktop/instance"
)

const webviewName = "WebView2"

func alert(title, text string) {
	t, err := windows.UTF16PtrFromString(title)
	if err != nil {
		return
	}
	m, err := windows.UTF16PtrFromString(text)
	if err != nil {
		return
	}
	_, _ = windows.MessageBox(0, m, t, windows.MB_OK|windows.MB_ICONERROR)
}

// singleInstance returns Wails' lock, which is used instead of instance.Claim.
func (d *Desktop) singleInstance() *options.SingleInstanceLock {
	return &options.SingleInstanceLock{UniqueId: "gridwall-" + d.o.ID, OnSecondInstanceLaunch: func(s options.SecondInstanceData) {
		_ = d.SecondStart(instance.Start{Args: s.Args}) // fails if this one is closing; the second start has already ended
	}}
}
