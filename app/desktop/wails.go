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

// filesByGTK reports whether the page cannot see the files that are dropped on it, so that GTK's drop is listened to.
const filesByGTK = goruntime.GOOS == "linux"

// Generating reports whether this build only writes the bindings.
const Generating = false

// Run shows the window until it is closed for good, or ctx is done. It returns why the program behind the window could
// not be opened, which Options.Report was told already, or why there is no window.
func (d *Desktop) Run(ctx context.Context) (err error) {
	if err := machine.Display(); err != nil {
		return err
	}
	defer d.shutdown()
	defer func() {
		// Wails panics where GTK cannot reach the display.
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

// options returns Wails' own.
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
			d.loops.Go(func() { // the database is opened meanwhile
				settle(ctx)
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
			// WebKit takes the GPU when pictures move. Without these options Wails would turn it off for good.
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
		DragAndDrop:        &options.DragAndDrop{EnableFileDrop: filesByGTK},
		SingleInstanceLock: d.singleInstance(),
	}
	if s.Maximised {
		o.WindowStartState = options.Maximised
	}
	return o
}

// takeSignals lets SIGINT and SIGTERM end the program. Wails has taken them too, and would ask beforeClose as if
// somebody had closed the window, which then hides; so its handler goes, and ours takes its place. A second signal
// ends the program at once.
func (d *Desktop) takeSignals(stop context.Context) {
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	ctx, cancel := signal.NotifyContext(context.WithoutCancel(stop), os.Interrupt, syscall.SIGTERM)
	quit := func() {
		cancel()
		d.Quit()
	}
	notSignal, notStop := context.AfterFunc(ctx, quit), context.AfterFunc(stop, quit)
	// Once the program ends there is no window that could be told to.
	context.AfterFunc(d.latch.ctx, func() {
		notSignal()
		notStop()
		context.AfterFunc(ctx, cancel) // a second signal ends the program at once, also where closing hangs
	})
}

// wailsFrame is the window that Wails made.
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

func (f wailsFrame) tell(grave bool, title, message string) {
	kind := runtime.WarningDialog
	if grave {
		kind = runtime.ErrorDialog
	}
	// What cannot be shown is in the log and, where it is grave, on stderr.
	_, _ = runtime.MessageDialog(f.ctx, runtime.MessageDialogOptions{Type: kind, Title: title, Message: dialogText(message)})
}
