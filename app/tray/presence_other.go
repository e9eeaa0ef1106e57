//go:build !linux

package tray

// presence on Windows and macOS is simple: the tray is a part of the system.
type presence struct{}

func (presence) start(t *Tray) { t.icon.begin() }
func (presence) present() bool { return true }
