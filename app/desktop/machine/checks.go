package machine

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
)

// Check is the result for one thing that a window needs of its machine.
type Check struct {
	What, Detail string
	// Fix says what to do; "" if nothing is wrong.
	Fix string
}

// rendererVariable helps with windows that stay black with some graphics drivers.
const rendererVariable = "WEBKIT_DISABLE_DMABUF_RENDERER"

// Checks returns whether a window can be shown here, and play. The webview is present, or this program would not have been
// loaded; webview is its version.
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
		c.Detail += ", should the window stay black: " + rendererVariable + "=1 gridwall"
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
		return Check{What: "tray", Detail: "this desktop has one; closing the window hides it there"}
	}
	return Check{
		"tray", "this desktop has none, so closing the window quits",
		"on GNOME install the extension AppIndicator and KStatusNotifierItem Support; elsewhere add the panel's tray",
	}
}

// Display returns an error if there is no display for a window.
func Display() error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return NoDisplay("there is no display for a window (neither DISPLAY nor WAYLAND_DISPLAY is set)")
	}
	return nil
}

// NoDisplay returns the error of a start without a display.
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
