//go:build !linux

package tray

// presence is trivial on Windows and macOS, where the tray is part of the system.
type presence struct{}

func (presence) start(t *Tray) { t.icon.begin() }
func (presence) present() bool { return true }
