package desktop

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheWindowIsAlwaysVisibleAndCanBeMoved(t *testing.T) {
	full, laptop := rect{0, 0, 1920, 1080}, rect{0, 25, 1280, 775}
	right := rect{1920, 0, 2560, 1440}
	for name, c := range map[string]struct {
		want    rect
		screens []rect
		is      rect
	}{
		"where it was":               {rect{100, 80, 1280, 800}, []rect{full}, rect{100, 80, 1280, 800}},
		"on the second screen":       {rect{2500, 200, 1280, 800}, []rect{full, right}, rect{2500, 200, 1280, 800}},
		"across both screens":        {rect{1500, 100, 1280, 800}, []rect{full, right}, rect{1500, 100, 1280, 800}},
		"a little beyond the edge":   {rect{-200, 100, 1280, 800}, []rect{full}, rect{-200, 100, 1280, 800}},
		"the second screen is gone":  {rect{2500, 200, 1280, 800}, []rect{full}, rect{320, 140, 1280, 800}},
		"the screen became smaller":  {rect{600, 300, 1280, 775}, []rect{laptop}, rect{0, 25, 1280, 775}},
		"larger than any screen":     {rect{0, 0, 3000, 2000}, []rect{laptop}, rect{0, 25, 1280, 775}},
		"its title above the screen": {rect{100, -400, 1280, 800}, []rect{full}, rect{100, 0, 1280, 800}},
		"mostly beside the screen":   {rect{1850, 100, 1280, 800}, []rect{full}, rect{640, 100, 1280, 800}},
		"mostly on the second":       {rect{2600, 1300, 1280, 800}, []rect{full, right}, rect{2600, 640, 1280, 800}},
		"below the minimum size":     {rect{100, 100, 10, 10}, []rect{full}, rect{100, 100, minWidth, minHeight}},
		"no screen is known":         {rect{100, 100, 1280, 800}, nil, rect{100, 100, 1280, 800}},
	} {
		assert.Equal(t, c.is, fit(c.want, c.screens), name)
	}
}

func TestTheNextStartRestoresTheWindow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "window.json")
	first := readState(path)
	assert.Equal(t, windowState{Width: defaultWidth, Height: defaultHeight}, first.get(), "a first start")

	at := func(f *stateFile, p placement) {
		require.NoError(t, f.change(func(s windowState) windowState { return s.with(p) }))
	}
	at(first, placement{rect: rect{10, 20, 900, 700}, placed: true, settled: true})
	require.NoError(t, first.change(func(s windowState) windowState { s.Page = "#/watch"; return s }))
	second := readState(path)
	assert.Equal(t, windowState{Width: 900, Height: 700, X: 10, Y: 20, Placed: true, Page: "#/watch"}, second.get())

	at(second, placement{rect: rect{0, 0, 1920, 1080}, placed: true, settled: true, maximised: true})
	assert.Equal(t, windowState{Width: 900, Height: 700, X: 10, Y: 20, Placed: true, Maximised: true, Page: "#/watch"}, readState(path).get(),
		"a maximised window keeps its normal size")
	at(second, placement{rect: rect{0, 0, 1920, 1080}, placed: true})
	at(second, placement{rect: rect{3, 4, 10, 10}, placed: true, settled: true})
	assert.Equal(t, windowState{Width: 900, Height: 700, X: 10, Y: 20, Placed: true, Page: "#/watch"}, readState(path).get(),
		"full screen and sizes of a window that is being created are not saved")
	at(second, placement{rect: rect{0, 0, 1000, 750}, settled: true})
	assert.Equal(t, windowState{Width: 1000, Height: 750, X: 10, Y: 20, Placed: true, Page: "#/watch"}, readState(path).get(),
		"Wayland does not report the position")
}

func TestALostWindowPositionDoesNotPreventTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "window.json")
	for _, text := range []string{"", "{", "[]", `{"width":-5,"height":3,"placed":true}`, `{"width":"x"}`} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		s := readState(path).get()
		assert.Equal(t, windowState{Width: defaultWidth, Height: defaultHeight}, s, text)
	}
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	f := readState(filepath.Join(path, "window.json")) // a folder that cannot be created
	assert.Error(t, f.change(func(s windowState) windowState { s.Page = "#/watch"; return s }))
	assert.Equal(t, "#/watch", f.get().Page, "it is kept in memory")
}
