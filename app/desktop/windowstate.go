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
// window is no reason to speak of.
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
