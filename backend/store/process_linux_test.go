package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tests of this file need a second process: the test binary starts itself, with a role.
const (
	roleEnv = "GRIDWALL_STORE_TEST_ROLE"
	pathEnv = "GRIDWALL_STORE_TEST_PATH"
)

func TestMain(m *testing.M) {
	role := map[string]func(path string) error{"write": roleWrite, "hold": roleHold, "full": roleFull}[os.Getenv(roleEnv)]
	if role == nil {
		os.Exit(m.Run())
	}
	if err := role(os.Getenv(pathEnv)); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// startRole starts the child and returns the lines that it prints.
func startRole(t *testing.T, role, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleEnv+"="+role, pathEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

// roleWrite saves listing after listing and prints the number of each that was reported as saved.
func roleWrite(path string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	for round := 0; ; round++ {
		if err := s.SaveListing("site", listing(500+round%7*100, round), listing(3, round)); err != nil {
			return err
		}
		if err := s.Put(Active, "round", []byte(strconv.Itoa(round))); err != nil {
			return err
		}
		fmt.Println(round)
	}
}

func roleHold(path string) error {
	if _, err := Open(path); err != nil {
		return err
	}
	fmt.Println("open")
	time.Sleep(time.Hour) // held until killed
	return nil
}

// roleFull writes until it reaches a limit on file sizes, which acts as a full disk.
func roleFull(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := Open(path)
	if err != nil {
		return err
	}
	if err := s.SaveListing("site", listing(100, 0), nil); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}); err != nil {
		return err
	}
	for range 3 {
		err = s.SaveListing("site", listing(6_000, 1), nil)
		if !errors.Is(err, ErrWrite) {
			return fmt.Errorf("a full disk went unnoticed: %v", err)
		}
	}
	fmt.Println(err)
	if l, _, err := s.Known("site"); err != nil || len(l) != 100 {
		return fmt.Errorf("%d streams are left in the running program, %v", len(l), err)
	}
	if err := s.Put(Settings, "small", []byte("fits")); err != nil {
		return fmt.Errorf("what fits is not written after a failure: %w", err)
	}
	return s.Close()
}

func TestNothingReportedAsSavedIsLostByKill9(t *testing.T) {
	path := dbPath(t)
	for life := range 4 {
		cmd, lines := startRole(t, "write", path)
		last := -1
		// At a different moment in each run; it is always writing, because it never pauses.
		for range 2 + 3*life {
			require.True(t, lines.Scan(), "the child ended: %q", lines.Text())
			n, err := strconv.Atoi(lines.Text())
			require.NoError(t, err, lines.Text())
			last = n
		}
		require.NoError(t, cmd.Process.Kill())
		for lines.Scan() {
			if n, err := strconv.Atoi(lines.Text()); err == nil {
				last = n
			}
		}
		_ = cmd.Wait()

		s, err := Open(path)
		require.NoError(t, err, "the lock of a dead process is not a lock")
		l, r, err := s.Known("site")
		require.NoError(t, err)
		require.NotEmpty(t, l)
		round := int(l[0].ExtractedAt.Sub(day0).Minutes())
		require.GreaterOrEqual(t, round, last)
		require.Equal(t, listing(500+round%7*100, round), l, "whole, in order")
		require.Equal(t, listing(3, round), r)
		v, err := s.Get(Active, "round")
		require.NoError(t, err)
		n, err := strconv.Atoi(string(v))
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, last)
		id, ok, err := s.ByURL(l[42].URL)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, l[42].ID, id)
		require.NoError(t, s.Close())
		require.NoError(t, checkFile(path))
	}
}

func TestADatabaseInUseIsReportedAtOnce(t *testing.T) {
	path := dbPath(t)
	cmd, lines := startRole(t, "hold", path)
	require.True(t, lines.Scan())
	require.Equal(t, "open", lines.Text())
	done := make(chan error, 1)
	go func() { _, err := Open(path); done <- err }()
	select {
	case err := <-done:
		require.ErrorIs(t, err, ErrLocked)
		assert.Equal(t, path+" is in use by another Gridwall; stop it or use another --data DIR", err.Error())
	case <-time.After(10 * time.Second):
		t.Fatal("Open waits for the lock")
	}
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	mustOpen(t, path)
}

func TestAFullDiskIsAnErrorAndLosesNothing(t *testing.T) {
	path := dbPath(t)
	cmd, lines := startRole(t, "full", path)
	var out []string
	for lines.Scan() {
		out = append(out, lines.Text())
	}
	require.NoError(t, cmd.Wait(), "%q", out)
	require.NotEmpty(t, out)
	assert.Contains(t, out[0], "cannot write the database "+path+": ")
	s := mustOpen(t, path)
	l, _, err := s.Known("site")
	require.NoError(t, err)
	assert.Len(t, l, 100)
	v, err := s.Get(Settings, "small")
	require.NoError(t, err)
	assert.Equal(t, "fits", string(v))
}

// asNobody runs fn with the file permissions of another user if the tests run as root, who may read every file.
func asNobody(t *testing.T, fn func()) {
	if os.Getuid() != 0 {
		fn()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		// Never unlocked: the thread, whose permissions have changed, ends with this goroutine.
		runtime.LockOSThread()
		const nobody = 65534
		if _, _, e := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); e != 0 {
			t.Error(e)
			return
		}
		fn()
	}()
	<-done
}

func TestMissingPermissionsAreReportedWithTheFile(t *testing.T) {
	base, err := os.MkdirTemp("", "store")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.Chmod(base, 0o700); _ = os.RemoveAll(base) })
	path := filepath.Join(base, FileName)
	s := mustOpen(t, path)
	require.NoError(t, s.Close())

	check := func(name, path string) {
		t.Helper()
		var s *Store
		var err error
		asNobody(t, func() { s, err = Open(path) })
		if s != nil {
			_ = s.Close()
		}
		if assert.ErrorIs(t, err, ErrNoAccess, name) {
			assert.Contains(t, err.Error(), path, name)
			assert.Contains(t, err.Error(), "permission denied; make folder and file writable for this user, or use another --data DIR", name)
		}
	}
	require.NoError(t, os.Chmod(base, 0o755))
	require.NoError(t, os.Chmod(path, 0o000))
	check("no right on the file", path)
	require.NoError(t, os.Chmod(path, 0o400))
	check("no right to write the file", path)
	require.NoError(t, os.Chmod(base, 0o555))
	check("no right to make a folder", filepath.Join(base, "new", FileName))
	check("no right to make a file", filepath.Join(base, "new.db"))
	require.NoError(t, os.Chmod(base, 0o000))
	check("no right on the folder", path)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Open(filepath.Join(file, FileName))
	require.ErrorIs(t, err, ErrNoAccess)
	assert.Contains(t, err.Error(), "not a directory")
}
