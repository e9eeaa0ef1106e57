//go:build bindings && !(desktop || dev)

package desktop

import (
	"context"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
)

// Generating reports whether this build only writes the bindings.
const Generating = true

// Run writes the bindings of the bound structs into the folder that wails.json in the working directory names. It opens nothing: no
// other file, no port, no window.
func (d *Desktop) Run(context.Context) error {
	return wails.Run(&options.App{Bind: d.bound(), ErrorFormatter: formatError})
}

// WebviewVersion returns "none": this build has no webview.
func WebviewVersion() string { return "none" }

// Alert does nothing in this build.
func Alert(context.Context, string, error) {}
