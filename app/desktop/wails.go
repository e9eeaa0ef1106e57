//go:build desktop || dev

package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	goruntime "runtime"
	"syscall"

	"gridwall/app/desktop/machine"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// filesByGTK reports whether GTK handles dropped files, because the page does not receive them.
const filesByGTK = goruntime.GOOS == "linux"

// Generating reports whether this build only writes the bindings.
const Generating = false

// Run shows the window until the user quits or ctx is done. It returns an error if the window cannot be shown, or if the program behind
// it could not be opened; the latter is ErrReported.
func (d *Desktop) Run(ctx context.Context) (err error) {
	if err := machine.Display(); err != nil {
		return err
	}
	defer d.shutdown()
	defer func() {
		// Wails panics if GTK cannot connect to the display.
		if p := recover(); p != nil {
			if fmt.Sprint(p) != "failed to init GTK" {
				panic(p)
			}
			err = machine.NoDisplay(fmt.Sprintf("the display %s cannot be reached", machine.DisplayName()))
		}
	}()
	if d.tray != nil {
		d.tray.Start()
	}
	if err := wails.Run(d.options(ctx)); err != nil {
		return fmt.Errorf("the window cannot be shown: %w", err)
	}
	d.shutdown()
	if d.failed != nil {
		return errors.Join(ErrReported, d.failed)
	}
	return nil
}

// options returns the options for Wails.
func (d *Desktop) options(stop context.Context) *options.App {
	s := d.state.get()
	o := &options.App{
		Title: "Gridwall",
		Width: s.Width, Height: s.Height, MinWidth: minWidth, MinHeight: minHeight,
		BackgroundColour: options.NewRGB(backRed, backGreen, backBlue),
		AssetServer:      &assetserver.Options{Handler: d.o.Assets},
		Logger:           frameLog{d.o.Log},
		Bind:             d.bound(),
		ErrorFormatter:   formatError,
		OnStartup: func(ctx context.Context) {
			f := newFrame(ctx)
			d.takeSignals(stop)
			if filesByGTK {
				runtime.OnFileDrop(ctx, func(_, _ int, paths []string) { d.dropped(paths) })
			}
			d.loops.Go(func() { // while startup opens the database
				configure(ctx, d.pageEnded)
				if placesEarly {
					d.place(f)
				}
			})
			d.startup(ctx, f)
		},
		OnDomReady: func(ctx context.Context) {
			if f := newFrame(ctx); !placesEarly {
				d.place(f)
			}
		},
		OnBeforeClose: func(context.Context) bool { return d.beforeClose() },
		OnShutdown:    func(context.Context) { d.shutdown() },
		StartHidden:   d.o.Hidden,
		Linux: &linux.Options{
			Icon:        icon,
			ProgramName: "gridwall",
			// WebKit uses the GPU when pictures move. Without these options Wails would turn the GPU off.
			WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand,
		},
		Windows: &windows.Options{Theme: windows.SystemDefault, DisablePinchZoom: true},
		Mac: &mac.Options{
			Preferences: &mac.Preferences{
				FullscreenEnabled: mac.Enabled, TabFocusesLinks: mac.Enabled, EnableAutoplayWithoutUserAction: mac.Enabled,
			},
			DisableEscapeExitsFullscreen: true,
			About:                        &mac.AboutInfo{Title: "Gridwall " + d.o.Version, Message: "Live feeds that keep playing.", Icon: icon},
		},
		DragAndDrop: &options.DragAndDrop{EnableFileDrop: filesByGTK},
	}
	if d.o.Link == nil {
		o.SingleInstanceLock = d.singleInstance()
	}
	if s.Maximised {
		o.WindowStartState = options.Maximised
	}
	return o
}

// pageEnded logs why the page is loaded again. Its wall is restored as at a start.
func (d *Desktop) pageEnded(why string) {
	d.o.Log.Warn("the window is loaded again", "error", "the process that shows it "+why)
}

// takeSignals makes SIGINT and SIGTERM end the program. It replaces Wails' handler, which would call beforeClose as if the user had
// closed the window, and so only hide it. A second signal ends the program at once.
func (d *Desktop) takeSignals(stop context.Context) {
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	ctx, cancel := signal.NotifyContext(context.WithoutCancel(stop), os.Interrupt, syscall.SIGTERM)
	quit := func() {
		cancel()
		d.Quit()
	}
	notSignal, notStop := context.AfterFunc(ctx, quit), context.AfterFunc(stop, quit)
	// When the program ends, there is no window left to close.
	context.AfterFunc(d.latch.ctx, func() {
		notSignal()
		notStop()
		context.AfterFunc(ctx, cancel) // a second signal ends the program at once, even if closing hangs
	})
}

// wailsFrame is the window of Wails.
type wailsFrame struct{ ctx context.Context }

func newFrame(ctx context.Context) frame { return wailsFrame{ctx} }

func (f wailsFrame) show(token string) { reveal(f.ctx, token) }
func (f wailsFrame) hide()             { conceal(f.ctx) }

func (f wailsFrame) quit() {
	endDialogs()
	runtime.Quit(f.ctx)
}

func (f wailsFrame) send(event string, data any) { runtime.EventsEmit(f.ctx, event, data) }

func (f wailsFrame) fullscreen(on bool) {
	if on {
		runtime.WindowFullscreen(f.ctx)
	} else {
		runtime.WindowUnfullscreen(f.ctx)
	}
}

func (f wailsFrame) isFullscreen() bool   { return runtime.WindowIsFullscreen(f.ctx) }
func (f wailsFrame) placement() placement { return placed(f.ctx) }
func (f wailsFrame) move(to rect)         { moveTo(f.ctx, to) }
func (f wailsFrame) screens() []rect      { return screensOf(f.ctx) }

func (f wailsFrame) savePath(name string) (string, error) {
	// Without a folder, GTK's dialog opens in the one from which the program was started.
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return runtime.SaveFileDialog(f.ctx, runtime.SaveDialogOptions{Title: "Save " + name, DefaultFilename: name, DefaultDirectory: home})
}

func (f wailsFrame) message(isError bool, title, text string) {
	kind := runtime.WarningDialog
	if isError {
		kind = runtime.ErrorDialog
	}
	// If the dialog cannot be shown, the text is in the log and, if it is an error, on stderr.
	_, _ = runtime.MessageDialog(f.ctx, runtime.MessageDialogOptions{Type: kind, Title: title, Message: dialogText(text)})
}
