package autostart

import (
	"errors"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const (
	runKey = `Software\Microsoft\Windows\CurrentVersion\Run`
	// approvedKey is the key of the Task Manager's states; an odd first byte means that the user disabled the entry.
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

func (e Entry) apply(on bool) error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer k.Close()
	if !on {
		if err := k.DeleteValue(name); err != nil && !errors.Is(err, registry.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := k.SetStringValue(name, windows.ComposeCommandLine(e.Command)); err != nil {
		return err
	}
	approved, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE)
	if err != nil {
		return nil // no entry was ever disabled there
	}
	defer approved.Close()
	if err := approved.DeleteValue(name); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return err
	}
	return nil
}

func (e Entry) read() (there, enabled bool, err error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	defer k.Close()
	if _, _, err := k.GetStringValue(name); errors.Is(err, registry.ErrNotExist) {
		return false, false, nil
	} else if err != nil {
		return false, false, err
	}
	approved, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return true, true, nil
	}
	defer approved.Close()
	state, _, err := approved.GetBinaryValue(name)
	return true, err != nil || len(state) == 0 || state[0]%2 == 0, nil
}
