package desktop

import (
	"context"
	"os"
	"runtime"
	"strings"
)

// Check is what was found out about one thing that a window needs of its machine.
type Check struct {
	What, Detail string
	// Fix says what to do; "" where nothing is wrong.
	Fix string
}

// rendererVariable cures windows that stay black with some graphics drivers.
const rendererVariable = "WEBKIT_DISABLE_DMABUF_RENDERER"

// Checks tells whether a window can be shown here, and play. The webview itself is there, or this program would not
// have been loaded.
func Checks(ctx context.Context) []Check {
	out := []Check{{What: "webview", Detail: WebviewVersion()}}
	if runtime.GOOS != "linux" {
		return out
	}
	out = append(out, checkDisplay(), checkCodecs(lackingCodecs(pluginFolders())), checkTray(ctx))
	return out
}

func checkDisplay() Check {
	c := Check{What: "display"}
	if err := display(); err != nil {
		c.Detail, c.Fix, _ = strings.Cut(err.Error(), "; ")
		return c
	}
	c.Detail = named()
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
