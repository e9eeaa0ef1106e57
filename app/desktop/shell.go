package desktop

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"gridwall/app/api"
	"gridwall/app/api/fault"
	"gridwall/app/desktop/awake"
	"gridwall/app/desktop/machine"
)

// Shell has the methods for the page that only the window can offer. They do not exist in a browser.
type Shell struct {
	d      *Desktop
	codecs *machine.Codecs
	drop   atomic.Pointer[string] // the path that was dropped last, until the page fetches it
	screen awake.Screen
}

func newShell(d *Desktop) *Shell {
	return &Shell{d: d, codecs: machine.NewCodecs()}
}

// Ready is called when the page is mounted. It returns the commands that were waiting. From then on, commands and events are sent to
// the page.
func (s *Shell) Ready() []Command { return s.d.commands.take() }

// OpenPlayer plays a stream in mpv or VLC, at its stable address. player is mpv, vlc, or "" for that of the settings.
func (s *Shell) OpenPlayer(streamID, player string) error {
	if s.d.o.Link != nil {
		if err := machine.OpenPlayer(s.d.latch.ctx, elsewhere{s.d.o.Link}, streamID, player); err != nil {
			return fault.AsError(err)
		}
		return nil
	}
	return callEmpty(s.d.latch, func(ctx context.Context, a *api.API) error { return machine.OpenPlayer(ctx, a, streamID, player) })
}

// OpenLog opens the log in the desktop's program for text files.
func (s *Shell) OpenLog() error { return openFile(s.d.o.Places.Log) }

// OpenFolder opens one of Gridwall's folders: config, sources, data or log.
func (s *Shell) OpenFolder(name string) error {
	p := s.d.o.Places
	dir, ok := map[string]string{"config": p.Config, "sources": p.Sources, "data": p.Data, "log": p.State}[name]
	if !ok {
		return fault.Errorf(fault.CodeInvalid, "unknown folder %q; use config, sources, data or log", name)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Errorf(fault.CodeInvalid, "%w", err)
	}
	return openFile(dir)
}

// OpenWall opens a saved wall in another window, which is a process of its own.
func (s *Shell) OpenWall(name string) error {
	if err := s.d.o.OpenWall(name); err != nil {
		return fault.Errorf(fault.CodeInvalid, "another window cannot be opened: %w", err)
	}
	return nil
}

// Fullscreen turns full screen on or off.
func (s *Shell) Fullscreen(on bool) {
	if f := s.d.window(); f != nil {
		f.fullscreen(on)
	}
}

// IsFullscreen reports whether the window is in full screen.
func (s *Shell) IsFullscreen() bool {
	f := s.d.window()
	return f != nil && f.isFullscreen()
}

// KeepAwake keeps the screen on while something plays, or no longer. A desktop that cannot is not the user's fault, so it is only logged.
func (s *Shell) KeepAwake(on bool) {
	if err := s.screen.Keep(on); err != nil {
		s.d.o.Log.Info("the desktop does not keep the screen on", "error", err)
	}
}

// Remember saves the page that the next start opens. It ignores one that is too long.
func (s *Shell) Remember(page string) {
	if len(page) > maxPage {
		return
	}
	err := s.d.state.change(func(w windowState) windowState {
		w.Page = page
		return w
	})
	if err != nil {
		s.d.o.Log.Warn("cannot save the last page", "error", err)
	}
}

// LastPage returns the page that was saved last; "" if there is none.
func (s *Shell) LastPage() string { return s.d.state.get().Page }

// State returns what the window knows about the machine.
func (s *Shell) State() ShellState {
	return ShellState{
		Tray:   s.d.tray != nil && s.d.tray.Present(),
		Codecs: s.codecs.Lack(),
		Player: machine.Players(),
	}
}

// ReportCodecs is called by the page with the codecs that the webview says it can play, which overrides the check of the plugins.
func (s *Shell) ReportCodecs(h264, aac bool) {
	if !s.codecs.Report(h264, aac) {
		return
	}
	lack := s.codecs.Lack()
	s.d.o.Log.Warn("the webview cannot play", "h264", h264, "aac", aac)
	if f := s.d.window(); f != nil && !s.d.quitting.Load() {
		f.message(false, "Gridwall cannot play yet", lack)
	}
}

// openFile opens a file or a folder with the desktop's program for it.
func openFile(path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return fault.Errorf(fault.CodeInvalid, "%s does not exist yet", path)
	}
	if err := machine.Open(path); err != nil {
		return fault.Errorf(fault.CodeInvalid, "%s cannot be opened: %s", path, strings.TrimSuffix(err.Error(), "."))
	}
	return nil
}

// maxDropped is the maximum size of a dropped file, in bytes: that of a list of streams (frontend: MAX_LIST).
const maxDropped = 32 << 20

// DroppedFile is a file that was dropped on the window.
type DroppedFile struct {
	Name string `json:"name"`
	// Data is the file's content in base64. The page detects its character encoding.
	Data string `json:"data"`
}

// dropped handles paths that were dropped on the window: the page may fetch the first. It is needed for WebKitGTK, which gives the page
// neither the file nor its path.
func (d *Desktop) dropped(paths []string) {
	i := slices.IndexFunc(paths, func(p string) bool { return p != "" }) // a link is dropped as ""
	if i < 0 {
		return
	}
	d.shell.drop.Store(&paths[i])
	d.commands.put(Command{Name: CommandDrop})
}

// Dropped returns the file that was dropped last, once.
func (s *Shell) Dropped() (DroppedFile, error) {
	path := s.drop.Swap(nil)
	if path == nil {
		return DroppedFile{}, fault.Errorf(fault.CodeInvalid, "no file was dropped")
	}
	name := filepath.Base(*path)
	info, err := os.Stat(*path)
	switch {
	case err != nil:
		return DroppedFile{}, fault.Errorf(fault.CodeInvalid, "%s cannot be read: %w", name, err)
	case !info.Mode().IsRegular():
		return DroppedFile{}, fault.Errorf(fault.CodeInvalid, "%s cannot be read. Drop a file, not a folder.", name)
	case info.Size() > maxDropped:
		return DroppedFile{}, fault.Errorf(fault.CodeTooLarge, "%s is too large: at most %d MiB can be dropped here.", name, maxDropped>>20)
	}
	f, err := os.Open(*path)
	if err != nil {
		return DroppedFile{}, fault.Errorf(fault.CodeInvalid, "%s cannot be read: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxDropped))
	if err != nil {
		return DroppedFile{}, fault.Errorf(fault.CodeInvalid, "%s cannot be read: %w", name, err)
	}
	return DroppedFile{Name: name, Data: base64.StdEncoding.EncodeToString(data)}, nil
}
