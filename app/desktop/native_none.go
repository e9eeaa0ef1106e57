//go:build !(desktop || dev || bindings)

package desktop

// WebviewVersion returns that of no webview: this build has no window.
func WebviewVersion() string { return "none" }
