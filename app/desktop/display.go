package desktop

import (
	"errors"
	"os"
	"runtime"
	"strings"
)

// ErrReported is joined to an error that Options.Report was told of.
var ErrReported = errors.New("reported")

// display tells whether a window can be shown at all.
func display() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return noDisplay("there is no display for a window (neither DISPLAY nor WAYLAND_DISPLAY is set)")
	}
	return nil
}

// noDisplay is the error of a start without a display.
func noDisplay(what string) error {
	return errors.New(what + "; start Gridwall from a desktop, or serve its page to a browser with: gridwall serve")
}

// named is the display that was asked for.
func named() string {
	if v := os.Getenv("DISPLAY"); v != "" && !strings.EqualFold(os.Getenv("XDG_SESSION_TYPE"), "wayland") {
		return v
	}
	if v := os.Getenv("WAYLAND_DISPLAY"); v != "" {
		return v
	}
	return os.Getenv("DISPLAY")
}
