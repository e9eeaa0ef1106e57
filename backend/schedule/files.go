package schedule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gridwall/backend/season"
)

// pollInterval is how often the overrides file and calendar files are checked for changes. Reading a file's date costs nothing,
// and works on network drives and with editors that replace the file.
const pollInterval = 2 * time.Second

var errOverridesLarge = errors.New("the file is larger than 1 MiB")

// LoadOverrides reads the overrides file in the configuration folder; without a file there are none. A file that cannot be read
// is one of the Problems and never fatal.
func LoadOverrides(folder string) Overrides {
	file := filepath.Join(folder, OverridesFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return Overrides{}
	}
	text, err := readRegular(file, MaxOverrides, errOverridesLarge)
	if err != nil {
		return BrokenOverrides(OverridesFile, errors.Unwrap(err))
	}
	return ParseOverrides(file, text, time.Local)
}

// readCalendarFile reads a calendar from the disk.
func readCalendarFile(file string) ([]byte, error) {
	return readRegular(file, season.MaxBody, season.ErrTooLarge)
}

// readRegular reads a regular file of at most limit bytes. It checks the file before it opens it: opening a named pipe would
// block.
func readRegular(file string, limit int64, tooLarge error) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: file not found", file)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, withoutPath(err))
	case info.IsDir():
		return nil, fmt.Errorf("%s: it is a folder, not a file", file)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: it is not a regular file", file)
	case info.Size() > limit:
		return nil, fmt.Errorf("%s: %w", file, tooLarge)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, withoutPath(err))
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = tooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, withoutPath(err))
	}
	return body, nil
}

// withoutPath removes the path from an error of the file system, because the message names the file already.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// fileState identifies a version of a file by its date, mode and size; "" if there is no file.
func fileState(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Mode(), info.Size())
}

// Poller reads the overrides file and calendar files again when they change.
type Poller struct {
	service *Service
	folder  string
	files   func() map[string]string
	states  map[string]string
}

// NewPoller returns a poller of the overrides file in folder, and of the calendar files that files lists by their calendars'
// keys. It takes the state of the files now, so it must be called before they are read.
func NewPoller(s *Service, folder string, files func() map[string]string) *Poller {
	p := &Poller{service: s, folder: folder, files: files}
	p.states = p.current()
	return p
}

// Run polls until ctx is done.
func (p *Poller) Run(ctx context.Context) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	overridesFile := filepath.Join(p.folder, OverridesFile)
	// The service may have been created from an older version.
	overrides := fileState(overridesFile)
	p.service.SetOverrides(LoadOverrides(p.folder))
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := fileState(overridesFile); now != overrides {
			overrides = now
			p.service.SetOverrides(LoadOverrides(p.folder))
		}
		now := p.current()
		for key, state := range now {
			// A calendar that was added may have been read before its first state was taken.
			if old, known := p.states[key]; !known || old != state {
				p.service.Reread(key)
			}
		}
		p.states = now
	}
}

// current returns the states of the calendar files by their calendars' keys.
func (p *Poller) current() map[string]string {
	out := map[string]string{}
	for key, file := range p.files() {
		out[key] = fileState(file)
	}
	return out
}
