package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gridwall/backend/tomlfile"
)

// readError and duplicateError mark errors that do not depend on the file's text alone: they may disappear though the text does
// not change.
type (
	readError      struct{ err error }
	duplicateError struct{ err error }
)

func (e *readError) Error() string      { return e.err.Error() }
func (e *readError) Unwrap() error      { return e.err }
func (e *duplicateError) Error() string { return e.err.Error() }
func (e *duplicateError) Unwrap() error { return e.err }

func isReadError(err error) bool {
	_, ok := err.(*readError)
	return ok
}

// withoutDuplicate returns err, or nil for a duplicateError.
func withoutDuplicate(err error) error {
	if _, ok := err.(*duplicateError); ok {
		return nil
	}
	return err
}

// isSourceFile reports whether name is that of a source file, not of one that editors put beside it: .x.toml.swp, x.toml~,
// #x.toml#, 4913.
func isSourceFile(name string) bool {
	return strings.HasSuffix(name, ".toml") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "#")
}

// Misnamed returns the names in the folder that look like source files but are not read because they do not end in ".toml":
// club.TOML, club.toml.txt, club.tml.
func (d *Dir) Misnamed() []string {
	names, err := os.ReadDir(d.opts.Path)
	if err != nil {
		return nil // reported elsewhere
	}
	var out []string
	for _, n := range names {
		name := n.Name()
		if isSourceFile(name) || n.IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") {
			continue
		}
		if misnamed.MatchString(name) {
			out = append(out, name)
		}
	}
	return out
}

// misnamed matches the endings that people, editors and file managers write instead of .toml.
var misnamed = regexp.MustCompile(`(?i)\.(toml|tml|tom|toml\.txt)$`)

// readFile returns the content and the modification time of a regular file. It reads at most MaxFile+1 bytes.
func readFile(path string) ([]byte, time.Time, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, time.Time{}, err
	}
	// Opening a named pipe would block.
	if !fi.Mode().IsRegular() {
		return nil, fi.ModTime(), errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fi.ModTime(), err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	return text, fi.ModTime(), err
}

// plain returns the text of err without the path, which the message already has.
func plain(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}

// Write validates text and writes it as the file of the source with the key: the file that has the key, otherwise KEY.toml. A
// text that does not parse, or that has another key, is an error, and changes nothing. Write returns the parsed source.
func (d *Dir) Write(key string, text []byte) (Source, error) { return d.WriteWithList(key, text, nil) }

// WriteWithList is Write, and writes list as KEY.m3u beside the source files, for a source of kind m3u that has it as its url; nil
// for no list. The list is written first, and restored if the source cannot be written. It stays when the source is deleted: it
// belongs to the user, and is needed to restore the source.
func (d *Dir) WriteWithList(key string, text, list []byte) (Source, error) {
	if !keyForm.MatchString(key) {
		return Source{}, fmt.Errorf("%w, not %q", ErrKey, tomlfile.Shorten(key))
	}
	path := filepath.Join(d.opts.Path, key+".toml")
	if e, ok := d.entry(key); ok {
		if e.Source.File == "" {
			return Source{}, fmt.Errorf("source %q: %w", key, ErrBuiltin)
		}
		if e.Source.File != d.opts.Path {
			path = e.Source.File
		}
	} else if other, ok := d.byFile(path); ok {
		return Source{}, fmt.Errorf("source %q cannot be written to %s: %w (%q)", key, filepath.Base(path), ErrExists, other.Source.Key)
	}
	s, err := d.check(path, text)
	if err != nil {
		return Source{}, err
	}
	if s.Key != key {
		return Source{}, s.Errorf("key", "the text has the key %q, but is to be written as %q", s.Key, key)
	}
	// Everything that is likely to fail happens before the two renames.
	file, err := stage(path, text)
	if err != nil {
		return Source{}, fmt.Errorf("source %q cannot be written: %w", key, err)
	}
	defer file.drop()
	var beside *staged
	if list != nil {
		if beside, err = stage(filepath.Join(d.opts.Path, key+".m3u"), list); err == nil {
			defer beside.drop()
			err = beside.replace(true)
		}
		if err != nil {
			return Source{}, fmt.Errorf("the list %s.m3u cannot be written: %w", key, err)
		}
	}
	if err := file.replace(false); err != nil {
		if beside != nil {
			err = errors.Join(err, beside.restore())
		}
		return Source{}, fmt.Errorf("source %q cannot be written: %w", key, err)
	}
	d.reload()
	return s, nil
}

// Delete removes the file of the source with the key. The error is stream.ErrUnknownSource if there is none, ErrBuiltin for a
// built-in source.
func (d *Dir) Delete(key string) error {
	path, err := d.file(key)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("source %q cannot be deleted: %w", key, err)
	}
	d.reload()
	return nil
}

func (d *Dir) byFile(path string) (Entry, bool) {
	for _, e := range d.All() {
		if e.Source.File == path {
			return e, true
		}
	}
	return Entry{}, false
}

// writeFile replaces the file at path atomically.
func writeFile(path string, text []byte) error {
	f, err := stage(path, text)
	if err != nil {
		return err
	}
	defer f.drop()
	return f.replace(false)
}

// staged is new content in a temporary file beside the one that it will replace.
type staged struct {
	path, temp string
	old        string // a copy of the file that was replaced; "" for none
}

// stage writes text to a temporary file beside path. Links are followed: the file that path points to will be replaced. New files
// are readable by the user only, because they may contain cookies.
func stage(path string, text []byte) (*staged, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	mode := fs.FileMode(0o600)
	if fi, err := os.Stat(path); err == nil {
		mode = fi.Mode().Perm()
		if fi.IsDir() {
			return nil, fmt.Errorf("%s is a folder", filepath.Base(path))
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".gridwall-*")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(f.Name())
		return nil, err
	}
	return &staged{path: path, temp: f.Name()}, nil
}

// replace puts the new content in place. With keep, restore can undo that until drop.
func (s *staged) replace(keep bool) error {
	if keep {
		old := s.temp + "-old"
		err := os.Link(s.path, old)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			err = copyFile(s.path, old) // a file system without links
		}
		switch {
		case err == nil:
			s.old = old
		case !errors.Is(err, fs.ErrNotExist):
			_ = os.Remove(old)
			return err
		}
	}
	return os.Rename(s.temp, s.path)
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

// restore undoes replace.
func (s *staged) restore() error {
	if s.old == "" {
		return os.Remove(s.path)
	}
	old := s.old
	s.old = ""
	return os.Rename(old, s.path)
}

// drop removes the temporary files.
func (s *staged) drop() {
	_ = os.Remove(s.temp)
	if s.old != "" {
		_ = os.Remove(s.old)
	}
}
