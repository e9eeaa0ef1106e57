//go:build !(desktop || dev || bindings)

package desktop

// WebviewVersion returns "none": this build has no window.
func WebviewVersion() string { return "none" }
