//go:build (desktop || dev) && !linux

package desktop

import (
	"context"
	"os"

	"gridwall/app/desktop/text"

	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// placesEarly reports whether the window is moved to its saved position while it is being created. On these systems Wails centres it
// when the page is loaded, so it is moved after that.
const placesEarly = false

// configure does nothing: there, Wails and the system's webview look after the page.
func configure(context.Context, func(why string)) {}

func reveal(ctx context.Context, _ string) {
	runtime.Show(ctx)
	runtime.WindowShow(ctx)
	if runtime.WindowIsMinimised(ctx) {
		runtime.WindowUnminimise(ctx)
	}
}

// conceal hides the application: on macOS a hidden window would leave it in front of the others.
func conceal(ctx context.Context) { runtime.Hide(ctx) }

func endDialogs() {}

func moveTo(ctx context.Context, to rect) {
	runtime.WindowSetSize(ctx, to.W, to.H)
	runtime.WindowSetPosition(ctx, to.X, to.Y)
}

func placed(ctx context.Context) placement {
	var p placement
	p.W, p.H = runtime.WindowGetSize(ctx)
	p.X, p.Y = runtime.WindowGetPosition(ctx)
	p.placed = true
	p.maximised = runtime.WindowIsMaximised(ctx)
	p.settled = !runtime.WindowIsMinimised(ctx) && !runtime.WindowIsFullscreen(ctx)
	return p
}

// screensOf returns the screen that the window is on, because positions are relative to it.
func screensOf(ctx context.Context) []rect {
	all, err := runtime.ScreenGetAll(ctx)
	if err != nil {
		return nil
	}
	for _, s := range all {
		if s.IsCurrent {
			return []rect{{W: s.Size.Width, H: s.Size.Height}}
		}
	}
	return nil
}

func dialogText(s string) string { return s }

// Alert shows an error before there is a window, unless stderr is a terminal.
func Alert(_ context.Context, title string, err error) {
	if !IsTerminal(os.Stderr) {
		alert(title, text.Sentence(err))
	}
}

// WebviewVersion returns the kind of the webview; its version is not known before there is a window.
func WebviewVersion() string { return webviewName }
