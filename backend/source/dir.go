package source

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/backend/stream"
	"gridwall/backend/tomlfile"
)

// Entry is one file of the folder: valid, disabled or broken.
type Entry struct {
	// Source is the content of the file. For a broken file it has at least File, and a Key to list it by.
	Source Source
	// Err is why the file cannot be used, usually an *Error; nil for a valid file.
	Err error
	// ModTime is the modification time of the file; zero for a built-in source.
	ModTime time.Time
	// Text is the content of the file, as far as it could be read.
	Text string
}

// Options configures a Dir.
type Options struct {
	// Path is the folder of the source files. A missing one is created.
	Path string
	// Log receives errors of background work; nil for none.
	Log *slog.Logger
	// Builtin are sources without a file, such as the demo. Their keys take precedence over those of files.
	Builtin []Source
	// Check validates a source after parsing (see extract.Registry.Check); nil for none.
	Check func(Source) error
	// Env looks up environment variables; nil for the process's own.
	Env func(string) (string, bool)
}

// Dir is the folder of source files, kept current. It is safe for concurrent use.
type Dir struct {
	opts Options

	// loading is held while the folder is read, so that an older result never replaces a newer one.
	loading sync.Mutex

	mu       sync.RWMutex
	entries  []Entry        // sorted by key, then file
	owner    map[string]int // the index in entries of the one that owns a key
	onChange []func([]string)
}

// Open reads the folder at path with the defaults of Options.
func Open(path string, log *slog.Logger, builtin ...Source) (*Dir, error) {
	return New(Options{Path: path, Log: log, Builtin: builtin})
}

// New reads the folder. An error in a file, or of the folder itself, becomes an Entry with that error; New fails only for
// invalid options.
func New(o Options) (*Dir, error) {
	if o.Path == "" {
		return nil, errors.New("the folder of the source files has no path")
	}
	abs, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("the folder of the source files: %w", err)
	}
	o.Path = abs
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	for _, b := range o.Builtin {
		if !keyForm.MatchString(b.Key) {
			return nil, fmt.Errorf("built-in source %q: %w", b.Key, ErrKey)
		}
	}
	d := &Dir{opts: o}
	// The error is reported when the folder is read.
	_ = os.MkdirAll(o.Path, 0o755)
	d.reload()
	return d, nil
}

// Path returns the folder, absolute.
func (d *Dir) Path() string { return d.opts.Path }

// All returns every entry, sorted by key, including broken and disabled ones.
func (d *Dir) All() []Entry {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.entries)
}

// Get returns the source with the key, if it is enabled and valid. The error wraps stream.ErrUnknownSource if there is none, and
// stream.ErrNoExtractor if it is disabled; for a broken file it is Entry.Err.
func (d *Dir) Get(key string) (Source, error) {
	e, ok := d.entry(key)
	switch {
	case !ok:
		return Source{}, fmt.Errorf("%w: %q", stream.ErrUnknownSource, tomlfile.Shorten(key))
	case e.Err != nil:
		return Source{}, e.Err
	case !e.Source.Enabled:
		return Source{}, fmt.Errorf("%w: source %q is disabled (enabled = false in its file)", stream.ErrNoExtractor, key)
	}
	return e.Source, nil
}

// entry returns the entry that owns the key.
func (d *Dir) entry(key string) (Entry, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	i, ok := d.owner[key]
	if !ok {
		return Entry{}, false
	}
	return d.entries[i], true
}

// OnChange registers a function that receives the keys that were changed, added or removed, after each such change.
func (d *Dir) OnChange(f func(changed []string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onChange = append(d.onChange, f)
}

// reload reads the folder, and calls the functions of OnChange with the differences.
func (d *Dir) reload() {
	d.loading.Lock()
	entries, owner := resolveKeys(d.read())
	d.mu.Lock()
	changed := differences(d.entries, entries)
	d.entries, d.owner = entries, owner
	notify := slices.Clone(d.onChange)
	d.mu.Unlock()
	d.loading.Unlock()
	if len(changed) == 0 {
		return
	}
	for _, f := range notify {
		f(slices.Clone(changed))
	}
}

// read reads the built-in sources and every file. A file whose text is unchanged is not parsed again.
func (d *Dir) read() []Entry {
	var out []Entry
	for _, b := range d.opts.Builtin {
		out = append(out, Entry{Source: b})
	}
	d.mu.RLock()
	before := make(map[string]Entry, len(d.entries))
	for _, e := range d.entries {
		before[e.Source.File] = e
	}
	d.mu.RUnlock()
	names, err := os.ReadDir(d.opts.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return out
	}
	if err != nil {
		return append(out, Entry{
			Source: Source{Key: "sources", Name: "sources", File: d.opts.Path},
			Err:    fmt.Errorf("the folder of the source files cannot be read: %w", err),
		})
	}
	for _, n := range names {
		if !isSourceFile(n.Name()) {
			continue
		}
		path := filepath.Join(d.opts.Path, n.Name())
		text, mod, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			// The file disappeared after the listing (an editor's rename), or it is a dangling link.
			if _, lerr := os.Lstat(path); lerr != nil {
				continue
			}
		}
		old, known := before[path]
		if err == nil && known && old.Text == string(text) && !isReadError(old.Err) {
			old.ModTime, old.Err = mod, withoutDuplicate(old.Err)
			out = append(out, old)
			continue
		}
		out = append(out, d.parse(path, text, mod, err))
	}
	return out
}

// parse returns the entry of a file; readErr is the error of reading it.
func (d *Dir) parse(path string, text []byte, mod time.Time, readErr error) Entry {
	e := Entry{ModTime: mod, Text: string(text)}
	if readErr != nil {
		e.Source, _ = Parse(path, nil, d.opts.Env)
		e.Err = &readError{&Error{File: path, Msg: "cannot be read: " + plain(readErr)}}
		return e
	}
	e.Source, e.Err = d.check(path, text)
	return e
}

// check parses and validates the text of a file.
func (d *Dir) check(path string, text []byte) (Source, error) {
	s, err := Parse(path, text, d.opts.Env)
	if err == nil && d.opts.Check != nil {
		err = d.opts.Check(s)
	}
	return s, err
}

// resolveKeys sorts entries, and returns them with the index of the one that owns each key. Of two with the same key, the built-in
// one owns it, otherwise the first by file name; the other one gets an error.
func resolveKeys(entries []Entry) ([]Entry, map[string]int) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if c := strings.Compare(a.Source.Key, b.Source.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Source.File, b.Source.File)
	})
	owner := make(map[string]int, len(entries))
	for i := range entries {
		e := &entries[i]
		first, taken := owner[e.Source.Key]
		if !taken {
			owner[e.Source.Key] = i
			continue
		}
		other := "the built-in source"
		if f := entries[first].Source.File; f != "" {
			other = filepath.Base(f)
		}
		if e.Err == nil {
			e.Err = &duplicateError{e.Source.Errorf("key", "key %q is already used by %s; give %s another key",
				e.Source.Key, other, filepath.Base(e.Source.File))}
		}
	}
	return entries, owner
}

// differences returns the keys whose entries were changed, added or removed, sorted.
func differences(before, after []Entry) []string {
	sign := func(list []Entry) map[string]string {
		m := make(map[string]string, len(list))
		for _, e := range list {
			m[e.Source.Key] += fmt.Sprintf("%s\x00%s\x00%v\x00", e.Source.File, e.Text, e.Err)
		}
		return m
	}
	a, b := sign(before), sign(after)
	var out []string
	for key, s := range b {
		if a[key] != s {
			out = append(out, key)
		}
	}
	for key := range a {
		if _, ok := b[key]; !ok {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}
