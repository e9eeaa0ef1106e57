package desktop

import (
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"gridwall/app/api"
	"gridwall/app/desktop/machine"
)

// Shell is what the page can ask of the window and its machine, beyond the facade. In a browser there is none of it.
type Shell struct {
	d      *Desktop
	codecs *machine.Codecs
	drop   atomic.Pointer[string] // the path that was dropped last, until the page has asked for it
}

func newShell(d *Desktop) *Shell {
	return &Shell{d: d, codecs: machine.NewCodecs()}
}

// Ready says that the page is mounted, and returns the commands that waited for it. Later commands, and the facade's
// events, are sent from then on.
func (s *Shell) Ready() []Command { return s.d.commands.take() }

// OpenPlayer plays a stream in mpv or VLC, at the address that outlives its tokens. player is mpv, vlc, or "" for the
// one of the settings.
func (s *Shell) OpenPlayer(streamID, player string) error {
	return callEmpty(s.d.latch, machine.OpenPlayer(streamID, player))
}

// OpenLog opens the log in what this desktop opens text files with.
func (s *Shell) OpenLog() error { return openFile(s.d.o.Places.Log) }

// OpenFolder opens one of Gridwall's folders: config, sources, data or log.
func (s *Shell) OpenFolder(name string) error {
	p := s.d.o.Places
	dir, ok := map[string]string{"config": p.Config, "sources": p.Sources, "data": p.Data, "log": p.State}[name]
	if !ok {
		return api.Errorf(api.CodeInvalid, "there is no folder %q; there are config, sources, data and log", name)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return api.Errorf(api.CodeInvalid, "%w", err)
	}
	return openFile(dir)
}

// Fullscreen lets the window fill the screen, or not any more.
func (s *Shell) Fullscreen(on bool) {
	if f := s.d.window(); f != nil {
		f.fullscreen(on)
	}
}

// IsFullscreen reports whether the window fills the screen.
func (s *Shell) IsFullscreen() bool {
	f := s.d.window()
	return f != nil && f.isFullscreen()
}

// Remember keeps the page that the next start is to begin with. An address that is too long is left out.
func (s *Shell) Remember(page string) {
	if len(page) > maxPage {
		return
	}
	err := s.d.state.change(func(w windowState) windowState {
		w.Page = page
		return w
	})
	if err != nil {
		s.d.o.Log.Warn("the page is not remembered", "error", err)
	}
}

// LastPage returns the page that was remembered last, "" at a first start.
func (s *Shell) LastPage() string { return s.d.state.get().Page }

// State returns what the window knows about the machine.
func (s *Shell) State() ShellState {
	return ShellState{
		Tray:   s.d.tray != nil && s.d.tray.Present(),
		Codecs: s.codecs.Lack(),
		Player: machine.Players(),
	}
}

// ReportCodecs is called by the page with what the webview itself says that it can play: it knows best.
func (s *Shell) ReportCodecs(h264, aac bool) {
	if !s.codecs.Report(h264, aac) {
		return
	}
	lack := s.codecs.Lack()
	s.d.o.Log.Warn("the webview cannot play", "h264", h264, "aac", aac)
	if f := s.d.window(); f != nil && !s.d.quitting.Load() {
		f.tell(false, "Gridwall cannot play yet", lack)
	}
}

// openFile opens a file or folder in what the desktop opens it with.
func openFile(path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return api.Errorf(api.CodeInvalid, "%s does not exist yet", path)
	}
	if err := machine.Open(path); err != nil {
		return api.Errorf(api.CodeInvalid, "%s cannot be opened: %s", path, strings.TrimSuffix(err.Error(), "."))
	}
	return nil
}

// maxDropped is the most that a dropped file may hold, in bytes: as much as a list of streams (frontend: MAX_LIST).
const maxDropped = 32 << 20

// DroppedFile is a file that was dropped on the window.
type DroppedFile struct {
	Name string `json:"name"`
	// Data is the file's content in base64. The page finds out which character encoding it has.
	Data string `json:"data"`
}

// dropped takes the paths that were dropped on the window, and lets the page ask for the first. WebKitGTK tells the page
// of a list of URIs, and gives it neither file nor path; so there GTK's own drop is listened to.
func (d *Desktop) dropped(paths []string) {
	i := slices.IndexFunc(paths, func(p string) bool { return p != "" }) // a link is dropped as ""
	if i < 0 {
		return
	}
	d.shell.drop.Store(&paths[i])
	d.commands.put(Command{Name: CommandDrop})
}

// Dropped returns the file that was dropped last, once. No other can be had.
func (s *Shell) Dropped() (DroppedFile, error) {
	path := s.drop.Swap(nil)
	if path == nil {
		return DroppedFile{}, api.Errorf(api.CodeInvalid, "no file was dropped")
	}
	name := filepath.Base(*path)
	info, err := os.Stat(*path)
	switch {
	case err != nil:
		return DroppedFile{}, api.Errorf(api.CodeInvalid, "%s cannot be read: %w", name, err)
	case !info.Mode().IsRegular():
		return DroppedFile{}, api.Errorf(api.CodeInvalid, "%s cannot be read. Drop a file, not a folder.", name)
	case info.Size() > maxDropped:
		return DroppedFile{}, api.Errorf(api.CodeTooLarge, "%s is too large: at most %d MiB can be dropped here.", name, maxDropped>>20)
	}
	f, err := os.Open(*path)
	if err != nil {
		return DroppedFile{}, api.Errorf(api.CodeInvalid, "%s cannot be read: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxDropped))
	if err != nil {
		return DroppedFile{}, api.Errorf(api.CodeInvalid, "%s cannot be read: %w", name, err)
	}
	return DroppedFile{Name: name, Data: base64.StdEncoding.EncodeToString(data)}, nil
}
