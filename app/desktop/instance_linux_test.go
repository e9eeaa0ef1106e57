package desktop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/app/desktop/instance"
	"gridwall/internal/testbus"
)

func TestASecondStartHandsItsArgumentsToTheFirst(t *testing.T) {
	testbus.Start(t)
	id := instance.ID(t.TempDir())
	first, err := instance.Claim(t.Context(), id, []string{"--demo"})
	require.NoError(t, err)
	defer first.Close()

	// Second starts before there is a window.
	_, err = instance.Claim(t.Context(), id, []string{"--live"})
	require.ErrorIs(t, err, instance.ErrHanded)
	d, p := started(t, nil, facadeWith(t, ""))
	first.Serve(d.SecondStart)
	assert.Equal(t, []Command{{Name: CommandLive}}, d.shell.Ready(), "the command was not lost")

	_, err = instance.Claim(t.Context(), id, nil)
	require.ErrorIs(t, err, instance.ErrHanded)
	assert.Equal(t, []string{"show", "show"}, p.all(), "both starts")
	_, err = instance.Claim(t.Context(), id, []string{"--live"})
	require.ErrorIs(t, err, instance.ErrHanded)
	assert.Equal(t, []string{"show", "show", "show", CommandLive}, p.all())

	t.Setenv("XDG_ACTIVATION_TOKEN", "click-7")
	_, err = instance.Claim(t.Context(), id, nil)
	require.ErrorIs(t, err, instance.ErrHanded)
	assert.Equal(t, "show click-7", p.all()[4], "the activation token is passed on")
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, errors.Join(conn.Auth(nil), conn.Hello()))
	require.NoError(t, conn.Object("io.github.gridwall.Window."+id, "/io/github/gridwall/Window").Call("io.github.gridwall.Window.Start", 0, []string{}).Err, "as version 0.1 calls")
	assert.Equal(t, "show", p.all()[5])

	other, err := instance.Claim(t.Context(), instance.ID(t.TempDir()), nil)
	require.NoError(t, err, "another data folder has its own window")
	other.Close()
}

func TestAStartWhileTheFirstClosesTakesItsPlace(t *testing.T) {
	testbus.Start(t)
	id := instance.ID(t.TempDir())
	first, err := instance.Claim(t.Context(), id, nil)
	require.NoError(t, err)
	d, _ := started(t, nil, facadeWith(t, ""))
	first.Serve(d.SecondStart)
	d.Quit()
	var closed atomic.Bool
	time.AfterFunc(3*100*time.Millisecond, func() {
		closed.Store(true)
		first.Close()
	})
	second, err := instance.Claim(t.Context(), id, nil)
	require.NoError(t, err)
	assert.True(t, closed.Load(), "the data folder is free")
	second.Close()
}

func TestAFirstWindowThatNeverClosesIsReported(t *testing.T) {
	testbus.Start(t)
	id := instance.ID(t.TempDir())
	first, err := instance.Claim(t.Context(), id, nil)
	require.NoError(t, err)
	defer first.Close()
	d, _ := started(t, nil, facadeWith(t, ""))
	first.Serve(d.SecondStart)
	d.Quit()
	ctx, cancel := context.WithTimeout(t.Context(), 2*100*time.Millisecond)
	defer cancel()
	_, err = instance.Claim(ctx, id, nil)
	assert.ErrorContains(t, err, "end it, or use another --data DIR")
}

func TestWithoutABusTheWindowStarts(t *testing.T) {
	testbus.Without(t)
	for range 2 {
		in, err := instance.Claim(t.Context(), instance.ID(t.TempDir()), nil)
		require.NoError(t, err)
		in.Close()
	}
}

func TestAFolderWithTwoNamesHasOneID(t *testing.T) {
	dir := t.TempDir()
	assert.Equal(t, instance.ID(dir), instance.ID(filepath.Join(dir, "x", "..")))
	assert.NotEqual(t, instance.ID(dir), instance.ID(filepath.Join(dir, "x")))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(t.TempDir(), link))
	before := instance.ID(filepath.Join(link, "data"))
	require.NoError(t, os.Mkdir(filepath.Join(link, "data"), 0o700))
	assert.Equal(t, before, instance.ID(filepath.Join(link, "data")), "the id is the same after the first start has created the folder")
	for args, want := range map[string]bool{"--live": true, "--live=true": true, "--live=false": false, "--liver": false, "": false} {
		assert.Equal(t, want, wantsLive([]string{"--demo", args}), args)
	}
	assert.False(t, wantsLive([]string{"--", "--live"}))
}
