//go:build desktop || dev

package desktop

// #include "webview_linux.h"
import "C"

import "sync/atomic"

// onPageEnded is called when the process that shows the page has ended, with the reason. The page is then loaded again.
var onPageEnded atomic.Pointer[func(why string)]

//export webviewEnded
func webviewEnded(why *C.char) {
	if f := onPageEnded.Load(); f != nil {
		(*f)(C.GoString(why))
	}
}
