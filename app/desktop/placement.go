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

// maxPage bounds the page that is remembered, in bytes.
const maxPage = 500

// windowState is what the next start is to find as it was left. It lies in a file of the state folder and not in the
// database: the window is made before the database may be opened.
type windowState struct {
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	X         int    `json:"x"`
	Y         int    `json:"y"`
	Placed    bool   `json:"placed"` // X and Y are known
	Maximised bool   `json:"maximised"`
	Page      string `json:"page,omitempty"`
}

// stateFile is the window's state in its file. It is safe for concurrent use.
type stateFile struct {
	path  string
	mu    sync.Mutex
	state windowState
}

// readState reads the state. A file that is not there, or not sound, is the state of a first start: a lost place of a
// window is not a reason to speak of.
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

// change changes the state, and writes it where that made a difference.
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

// writeWhole writes a file so that a reader, or a start after a crash, never finds half of it.
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
		return fmt.Errorf("the window's place was not written: %w", err)
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

// titleHeight is the height of what one takes a window by; grip is how much of it, side to side, must be on a screen.
const (
	titleHeight = 32
	grip        = 120
)

// rect is a rectangle on the desktop.
type rect struct{ X, Y, W, H int }

// meet returns the rectangle that two have in common, of size 0 if they have none.
func (r rect) meet(o rect) rect {
	x, y := max(r.X, o.X), max(r.Y, o.Y)
	w, h := min(r.X+r.W, o.X+o.W)-x, min(r.Y+r.H, o.Y+o.H)-y
	if w <= 0 || h <= 0 {
		return rect{}
	}
	return rect{x, y, w, h}
}

func (r rect) area() int { return r.W * r.H }

// fit returns where a window is put that was at want: there, if one can see it and take hold of it; else, because a screen
// went or became smaller, on the screen that it lay on mostly, or on the first one's middle. Without any screen known
// it stays as it is.
func fit(want rect, screens []rect) rect {
	want.W, want.H = max(want.W, minWidth), max(want.H, minHeight)
	if len(screens) == 0 {
		return want
	}
	best, seen, held := screens[0], 0, false
	for i, s := range screens {
		over := want.meet(s).area()
		if i == 0 || over > want.meet(best).area() {
			best = s
		}
		seen += over
		if t := (rect{want.X, want.Y, want.W, titleHeight}).meet(s); t.W >= grip && t.H >= titleHeight/2 {
			held = true
		}
	}
	if held && 5*seen >= 3*want.area() { // three fifths of it are on screens
		return want
	}
	out := rect{W: min(want.W, best.W), H: min(want.H, best.H)}
	if want.meet(best).area() == 0 {
		out.X, out.Y = best.X+(best.W-out.W)/2, best.Y+(best.H-out.H)/2
		return out
	}
	out.X = min(max(want.X, best.X), best.X+best.W-out.W)
	out.Y = min(max(want.Y, best.Y), best.Y+best.H-out.H)
	return out
}

// placement is where a window is, as the window system says.
type placement struct {
	rect
	// placed reports whether X and Y mean anything; Wayland tells no program where its windows are.
	placed bool
	// maximised is whether the window fills the screen; rect is then the screen's, not the window's own.
	maximised bool
	// settled is false while the window is hidden, minimised or in full screen: nothing of that is remembered.
	settled bool
}

// remembered lays what the window system says over what was known: the size of a maximised window is the screen's, and
// the one to go back to stays known.
func (s windowState) remembered(p placement) windowState {
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
