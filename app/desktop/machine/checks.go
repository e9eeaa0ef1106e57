package machine

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
)

// Check is the result of a check for something that the window needs on this machine.
type Check struct {
	What, Detail string
	// Fix says what to do; "" if nothing is wrong.
	Fix string
}

// rendererVariable is an environment variable that helps if the window stays black, as with some graphics drivers.
const rendererVariable = "WEBKIT_DISABLE_DMABUF_RENDERER"

// Checks returns whether a window can be shown on this machine, and play. webview is the version of the webview, which is present:
// without it this program would not run.
func Checks(ctx context.Context, webview string) []Check {
	out := []Check{{What: "webview", Detail: webview}}
	if runtime.GOOS != "linux" {
		return out
	}
	out = append(out, checkDisplay(), checkCodecs(lackingCodecs(pluginFolders())), checkTray(ctx))
	return out
}

func checkDisplay() Check {
	c := Check{What: "display"}
	if err := Display(); err != nil {
		c.Detail, c.Fix, _ = strings.Cut(err.Error(), "; ")
		return c
	}
	c.Detail = DisplayName()
	if os.Getenv(rendererVariable) == "" {
		c.Detail += "; if the window stays black, start it with " + rendererVariable + "=1 gridwall"
	}
	return c
}

func checkCodecs(lacking []string) Check {
	if len(lacking) > 0 {
		return Check{"codecs", "the webview lacks " + list(lacking), "install it: " + installHint(codecPackages)}
	}
	return Check{What: "codecs", Detail: "GStreamer has everything that the pictures need"}
}

func checkTray(ctx context.Context) Check {
	if trayHost(ctx) {
		return Check{What: "tray", Detail: "this desktop has a tray; closing the window hides it there"}
	}
	return Check{
		"tray", "this desktop has no tray, so closing the window quits",
		"on GNOME install the extension AppIndicator and KStatusNotifierItem Support; elsewhere add the panel's tray",
	}
}

// Display returns an error if there is no display for a window.
func Display() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return NoDisplay("no display found for a window (neither DISPLAY nor WAYLAND_DISPLAY is set)")
	}
	return nil
}

// NoDisplay returns the error for a start without a display. what says what is wrong.
func NoDisplay(what string) error {
	return errors.New(what + "; start Gridwall from a desktop, or serve its page to a browser with: gridwall serve")
}

// DisplayName returns the name of the display.
func DisplayName() string {
	if v := os.Getenv("DISPLAY"); v != "" && !strings.EqualFold(os.Getenv("XDG_SESSION_TYPE"), "wayland") {
		return v
	}
	if v := os.Getenv("WAYLAND_DISPLAY"); v != "" {
		return v
	}
	return os.Getenv("DISPLAY")
}
