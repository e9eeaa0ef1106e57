package desktop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// maxPage limits the page that is saved, in bytes.
const maxPage = 500

// windowState is the state that the next start restores. It is in a file and not in the database, because the window is created before
// the database is opened.
type windowState struct {
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	X         int    `json:"x"`
	Y         int    `json:"y"`
	Placed    bool   `json:"placed"` // whether X and Y are known
	Maximised bool   `json:"maximised"`
	Page      string `json:"page,omitempty"`
}

// stateFile holds the window's state and its file. It is safe for concurrent use.
type stateFile struct {
	path  string
	mu    sync.Mutex
	state windowState
}

// readState reads the state. If the file is missing or invalid, it returns the defaults, without an error: a lost window position is
// not worth a message.
func readState(path string) *stateFile {
	f := &stateFile{path: path}
	if text, err := os.ReadFile(path); err == nil {
		if json.Unmarshal(text, &f.state) != nil {
			f.state = windowState{}
		}
	}
	s := &f.state
	if s.Width < minWidth || s.Height < minHeight {
		s.Width, s.Height, s.Placed = defaultWidth, defaultHeight, false
	}
	if len(s.Page) > maxPage {
		s.Page = ""
	}
	return f
}

// get returns the state.
func (f *stateFile) get() windowState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// change changes the state, and writes the file if it is different.
func (f *stateFile) change(to func(windowState) windowState) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := to(f.state)
	if next == f.state {
		return nil
	}
	f.state = next
	text, err := json.Marshal(next)
	if err != nil {
		return err
	}
	return writeWhole(f.path, append(text, '\n'))
}

// writeWhole replaces a file atomically, so that a start after a crash never reads half of it.
func writeWhole(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".window-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		if gone := os.Remove(tmp.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return fmt.Errorf("cannot write the position of the window: %w", err)
	}
	return nil
}

// Sizes of the window, in the desktop's pixels.
const (
	minWidth      = 640
	minHeight     = 400
	defaultWidth  = 1280
	defaultHeight = 800
)

// titleHeight is the height of the title bar; grip is the width of it that must be on a screen.
const (
	titleHeight = 32
	grip        = 120
)

// rect is a rectangle on the desktop.
type rect struct{ X, Y, W, H int }

// intersect returns the intersection of two rectangles; the zero rect if there is none.
func (r rect) intersect(o rect) rect {
	x, y := max(r.X, o.X), max(r.Y, o.Y)
	w, h := min(r.X+r.W, o.X+o.W)-x, min(r.Y+r.H, o.Y+o.H)-y
	if w <= 0 || h <= 0 {
		return rect{}
	}
	return rect{x, y, w, h}
}

func (r rect) area() int { return r.W * r.H }

// fit returns where to put a window that was at want: there, if enough of it is visible and its title bar can be reached; else, because
// a screen is gone or smaller now, within the screen that shows most of it, or in the middle of the first one. If no screens are known,
// it returns want.
func fit(want rect, screens []rect) rect {
	want.W, want.H = max(want.W, minWidth), max(want.H, minHeight)
	if len(screens) == 0 {
		return want
	}
	best, seen, held := screens[0], 0, false
	for i, s := range screens {
		over := want.intersect(s).area()
		if i == 0 || over > want.intersect(best).area() {
			best = s
		}
		seen += over
		if t := (rect{want.X, want.Y, want.W, titleHeight}).intersect(s); t.W >= grip && t.H >= titleHeight/2 {
			held = true
		}
	}
	if held && 5*seen >= 3*want.area() { // three fifths of it are visible
		return want
	}
	out := rect{W: min(want.W, best.W), H: min(want.H, best.H)}
	if want.intersect(best).area() == 0 {
		out.X, out.Y = best.X+(best.W-out.W)/2, best.Y+(best.H-out.H)/2
		return out
	}
	out.X = min(max(want.X, best.X), best.X+best.W-out.W)
	out.Y = min(max(want.Y, best.Y), best.Y+best.H-out.H)
	return out
}

// placement is the position of the window according to the window system.
type placement struct {
	rect
	// placed reports whether X and Y are valid; on Wayland they are not.
	placed bool
	// maximised reports whether the window is maximised. Then rect is that of the screen, not the window's normal size.
	maximised bool
	// settled is false while the window is hidden, minimised or in full screen, which are not saved.
	settled bool
}

// with returns the state after the window was at p. The size of a maximised window is not saved, so that its normal size can be
// restored.
func (s windowState) with(p placement) windowState {
	if !p.settled {
		return s
	}
	s.Maximised = p.maximised
	if p.maximised || p.W < minWidth || p.H < minHeight {
		return s
	}
	s.Width, s.Height = p.W, p.H
	if p.placed {
		s.X, s.Y, s.Placed = p.X, p.Y, true
	}
	return s
}
