//go:build !(desktop || dev || bindings)

package desktop

// WebviewVersion is that of no webview: this build has no window.
func WebviewVersion() string { return "none" }
