//go:build !linux

package awake

// Screen keeps the screen on; here it leaves that to the webview.
type Screen struct{}

// Keep keeps the screen on, or no longer.
func (*Screen) Keep(bool) error { return nil }

// Close lets the screen turn off.
func (*Screen) Close() {}
