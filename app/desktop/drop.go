package desktop

import (
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"slices"

	"gridwall/app/api"
)

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

// Dropped is the file that was dropped last, once. No other can be had.
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
