package desktop

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"

	"gridwall/app/api"
)

// Shell is what the page can ask of the window and its machine, beyond the facade. In a browser there is none of it.
type Shell struct {
	d      *Desktop
	codecs *codecs
	drop   atomic.Pointer[string] // the path that was dropped last, until the page has asked for it
}

func newShell(d *Desktop) *Shell {
	return &Shell{d: d, codecs: &codecs{lacking: lackingCodecs(pluginFolders())}}
}

// Ready says that the page is mounted, and returns the commands that waited for it. Later commands, and the facade's
// events, are sent from then on.
func (s *Shell) Ready() []Command { return s.d.commands.take() }

// OpenPlayer plays a stream in mpv or VLC, at the address that outlives its tokens. player is mpv, vlc, or "" for the
// one of the settings.
func (s *Shell) OpenPlayer(streamID, player string) error {
	return callEmpty(s.d.latch, openPlayer(streamID, player))
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

// IsFullscreen tells whether the window fills the screen.
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

// LastPage is the page that was remembered last, "" at a first start.
func (s *Shell) LastPage() string { return s.d.state.get().Page }

// State is what the window knows about the machine.
func (s *Shell) State() ShellState {
	return ShellState{
		Tray:   s.d.tray != nil && s.d.tray.Present(),
		Codecs: s.codecs.lack(),
		Player: Players(),
	}
}

// ReportCodecs is called by the page with what the webview itself says that it can play: it knows best.
func (s *Shell) ReportCodecs(h264, aac bool) {
	if !s.codecs.report(h264, aac) {
		return
	}
	lack := s.codecs.lack()
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
	argv := opener(path)
	if err := launch(argv); err != nil {
		return api.Errorf(api.CodeInvalid, "%s cannot be opened: %s", path, strings.TrimSuffix(err.Error(), "."))
	}
	return nil
}
