package desktop

import (
	"os"
	"path/filepath"

	"gridwall/app/api/fault"
)

// maxSaved is the maximum size of a file that the page saves, in bytes.
const maxSaved = 4 << 20

// SaveFile asks the user where to save a text, proposing a file name, and saves it there. It returns the path, or "" if the user
// cancelled. A webview has no downloads.
func (s *Shell) SaveFile(name, text string) (string, error) {
	f := s.d.window()
	if f == nil {
		return "", fault.Errorf(fault.CodeStopping, "the window is closing")
	}
	if len(text) > maxSaved {
		return "", fault.Errorf(fault.CodeTooLarge, "at most %d MiB can be saved", maxSaved>>20)
	}
	path, err := f.savePath(filepath.Base(name))
	if err != nil || path == "" {
		return "", err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fault.Errorf(fault.CodeInvalid, "cannot save the file: %w", err)
	}
	return path, nil
}
