package source_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gridwall/backend/source"
	"gridwall/backend/stream"
)

const demo = "kind = \"demo\"\n"

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func open(t *testing.T, dir string, builtin ...source.Source) *source.Dir {
	t.Helper()
	d, err := source.Open(dir, slog.New(slog.DiscardHandler), builtin...)
	require.NoError(t, err)
	return d
}

func TestOneBrokenFileDoesNotAffectOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sources")
	require.NoError(t, os.Mkdir(dir, 0o755))
	write(t, dir, "b.toml", demo)
	write(t, dir, "a.toml", demo+"nmae = 1\n")
	write(t, dir, "off.toml", demo+"enabled = false\n")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.toml"), 0o755))
	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "link.toml")))
	for _, ignored := range []string{".b.toml.swp", "b.toml~", ".hidden.toml", "#b.toml#", "4913", "notes.txt"} {
		write(t, dir, ignored, "garbage")
	}
	d := open(t, dir)
	var keys []string
	for _, e := range d.All() {
		keys = append(keys, e.Source.Key)
	}
	assert.Equal(t, []string{"a", "b", "folder", "link", "off"}, keys)

	s, err := d.Get("b")
	require.NoError(t, err)
	assert.Equal(t, "demo", s.Kind)
	_, err = d.Get("a")
	require.EqualError(t, err, `sources/a.toml:2:1: unknown key "nmae"; did you mean "name"?`)
	_, err = d.Get("folder")
	require.EqualError(t, err, "sources/folder.toml: cannot be read: it is not a regular file")
	_, err = d.Get("link")
	require.ErrorContains(t, err, "sources/link.toml: cannot be read: no such file")
	_, err = d.Get("off")
	require.ErrorIs(t, err, stream.ErrNoExtractor)
	_, err = d.Get("none")
	require.ErrorIs(t, err, stream.ErrUnknownSource)
}

func TestAMissingFolderIsCreatedAndAnUnreadableOneIsListed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "sources")
	d := open(t, dir)
	assert.DirExists(t, dir)
	assert.Empty(t, d.All())

	file := write(t, t.TempDir(), "sources", "a file where a folder should be")
	d = open(t, file, source.Source{Key: "demo", Kind: "demo", Enabled: true})
	all := d.All()
	require.Len(t, all, 2)
	assert.NoError(t, all[0].Err, "the built-in source keeps working")
	require.ErrorContains(t, all[1].Err, "the folder of the source files cannot be read")
}

func TestTwoFilesWithOneKeyAreBothListed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sources")
	require.NoError(t, os.Mkdir(dir, 0o755))
	write(t, dir, "a.toml", demo+"key = \"f1\"\nname = \"first\"\n")
	second := write(t, dir, "f1.toml", demo+"\nkey = \"f1\"\n")
	write(t, dir, "mine.toml", demo+"key = \"demo\"\n")
	d := open(t, dir, source.Source{Key: "demo", Name: "Demo", Kind: "demo", Enabled: true})
	s, err := d.Get("f1")
	require.NoError(t, err)
	assert.Equal(t, "first", s.Name)
	s, err = d.Get("demo")
	require.NoError(t, err)
	assert.Equal(t, "Demo", s.Name)
	all := d.All()
	require.Len(t, all, 4)
	require.EqualError(t, all[1].Err, `sources/mine.toml:2:1: key "demo" is already used by the built-in source; give mine.toml another key`)
	require.EqualError(t, all[3].Err, `sources/f1.toml:3:1: key "f1" is already used by a.toml; give f1.toml another key`)
	var e *source.Error
	require.ErrorAs(t, all[3].Err, &e)
	assert.Equal(t, second, e.File)

	require.NoError(t, d.Delete("f1"))
	s, err = d.Get("f1")
	require.NoError(t, err, "the other file takes over the key")
	assert.Equal(t, second, s.File)
}

func TestWritingASourceIsValidatedAndAtomic(t *testing.T) {
	dir := t.TempDir()
	checked := errors.New("the kind says no")
	d, err := source.New(source.Options{Path: dir, Builtin: []source.Source{{Key: "demo", Kind: "demo"}}, Check: func(s source.Source) error {
		if s.Name == "refuse" {
			return checked
		}
		return nil
	}})
	require.NoError(t, err)
	var changed [][]string
	d.OnChange(func(keys []string) { changed = append(changed, keys) })

	s, err := d.Write("mine", []byte(demo+"name = \"one\"\n"))
	require.NoError(t, err)
	assert.Equal(t, "one", s.Name)
	fi, err := os.Stat(filepath.Join(dir, "mine.toml"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), fi.Mode().Perm(), "a source may contain cookies")
	_, err = d.Get("mine")
	require.NoError(t, err)

	for key, text := range map[string]string{
		"mine": demo + "oops = 1\n", "other": demo + "name = \"refuse\"\n", "third": demo + "key = \"fourth\"\n",
		"../evil": demo, "Upper": demo, "": demo, "demo": demo,
	} {
		_, err := d.Write(key, []byte(text))
		require.Error(t, err, key)
	}
	_, err = d.Write("demo", []byte(demo))
	require.ErrorIs(t, err, source.ErrBuiltin)
	_, err = d.Write("../evil", []byte(demo))
	require.ErrorIs(t, err, source.ErrKey)
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, names, 1, "nothing else was written, and no temporary file is left")
	text, err := os.ReadFile(filepath.Join(dir, "mine.toml"))
	require.NoError(t, err)
	assert.Equal(t, demo+"name = \"one\"\n", string(text))

	// A key in a file of another name is written to that file; a link stays a link.
	real := write(t, t.TempDir(), "real.toml", demo+"key = \"linked\"\n")
	require.NoError(t, os.Symlink(real, filepath.Join(dir, "a-link.toml")))
	d, err = source.New(source.Options{Path: dir})
	require.NoError(t, err)
	_, err = d.Write("linked", []byte(demo+"key = \"linked\"\nname = \"two\"\n"))
	require.NoError(t, err)
	text, err = os.ReadFile(real)
	require.NoError(t, err)
	assert.Contains(t, string(text), "two")
	_, err = d.Write("a-link", []byte(demo))
	require.ErrorIs(t, err, source.ErrExists)

	require.NoError(t, d.Delete("mine"))
	assert.NoFileExists(t, filepath.Join(dir, "mine.toml"))
	require.ErrorIs(t, d.Delete("mine"), stream.ErrUnknownSource)
	assert.Equal(t, [][]string{{"mine"}}, changed)
}

// changes collects the keys that OnChange reports.
type changes struct {
	mu   sync.Mutex
	keys map[string]int
}

func watch(t *testing.T, d *source.Dir) *changes {
	c := &changes{keys: map[string]int{}}
	d.OnChange(func(keys []string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, k := range keys {
			c.keys[k]++
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.ReloadOnChange(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		goleak.VerifyNone(t)
	})
	return c
}

func (c *changes) of(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.keys[key]
}

func TestAFileIsReloadedHoweverAnEditorSavesIt(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.toml", demo+"name = \"0\"\n")
	d := open(t, dir)
	c := watch(t, d)
	named := func(want string) func() bool {
		return func() bool {
			s, err := d.Get("a")
			return err == nil && s.Name == want
		}
	}
	eventually := func(f func() bool, what string) {
		t.Helper()
		require.Eventually(t, f, 10*time.Second, 10*time.Millisecond, what)
	}
	write(t, dir, "a.toml", demo+"name = \"1\"\n")
	eventually(named("1"), "write in place")

	tmp := write(t, dir, ".a.toml.tmp", demo+"name = \"2\"\n")
	require.NoError(t, os.Rename(tmp, path))
	eventually(named("2"), "rename over")

	// As vim does it: the old file becomes the backup, and a new one is created.
	require.NoError(t, os.Rename(path, path+"~"))
	write(t, dir, "4913", "")
	require.NoError(t, os.Remove(filepath.Join(dir, "4913")))
	write(t, dir, "a.toml", demo+"name = \"3\"\n")
	require.NoError(t, os.Remove(path+"~"))
	eventually(named("3"), "backup and new file")

	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0o600)
	require.NoError(t, err)
	for line := range strings.Lines(demo + "name = \"4\"\n") {
		_, err = f.WriteString(line)
		require.NoError(t, err)
	}
	require.NoError(t, f.Close())
	eventually(named("4"), "truncate and write")

	write(t, dir, "a.toml", demo+"oops = 1\n")
	eventually(func() bool { _, err := d.Get("a"); return err != nil }, "an error is reported")
	write(t, dir, "a.toml", demo+"name = \"5\"\n")
	eventually(named("5"), "the error is fixed")

	write(t, dir, "b.toml", demo)
	eventually(func() bool { _, err := d.Get("b"); return err == nil && c.of("b") == 1 }, "a new file")
	require.NoError(t, os.Remove(path))
	eventually(func() bool { _, err := d.Get("a"); return errors.Is(err, stream.ErrUnknownSource) }, "a removed file")
	eventually(func() bool { return c.of("a") >= 6 }, "each change is reported")
}

func TestARecreatedFolderIsWatchedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sources")
	d := open(t, dir)
	watch(t, d)
	// Once a change has been seen quickly, the watcher is set up.
	write(t, dir, "first.toml", demo)
	require.Eventually(t, func() bool { _, err := d.Get("first"); return err == nil }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.Mkdir(dir, 0o755))
	write(t, dir, "a.toml", demo)
	require.Eventually(t, func() bool { _, err := d.Get("a"); return err == nil }, 10*time.Second, 20*time.Millisecond)
	write(t, dir, "b.toml", demo)
	require.Eventually(t, func() bool { _, err := d.Get("b"); return err == nil }, 10*time.Second, 20*time.Millisecond)
}

func TestAFolderThatCannotBeWatchedIsPolled(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); source.Poll(ctx, d) }()
	write(t, dir, "a.toml", demo)
	require.Eventually(t, func() bool { _, err := d.Get("a"); return err == nil }, 20*time.Second, 20*time.Millisecond)
	cancel()
	<-done
}
