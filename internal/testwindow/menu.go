//go:build linux

package testwindow

import (
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	menuPath    = dbus.ObjectPath("/StatusNotifierItem/menu")
	menuIface   = "com.canonical.dbusmenu"
)

// hosted reports whether a panel shows icons.
func (d *Desk) hosted() (bool, error) {
	v, err := d.conn.Object(watcherName, watcherPath).GetProperty(watcherName + ".IsStatusNotifierHostRegistered")
	if err != nil {
		return false, err
	}
	yes, ok := v.Value().(bool)
	return ok && yes, nil
}

// Icons returns the bus names of the programs that have an icon in the tray.
func (d *Desk) Icons() ([]string, error) {
	v, err := d.conn.Object(watcherName, watcherPath).GetProperty(watcherName + ".RegisteredStatusNotifierItems")
	if err != nil {
		return nil, err
	}
	items, _ := v.Value().([]string)
	for i, item := range items {
		items[i], _, _ = strings.Cut(item, "/")
	}
	return items, nil
}

// menuItem is a line of a menu, as it comes over the bus.
type menuItem struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// Menu reads the lines of an icon's menu, without the hidden ones: text to number.
func (d *Desk) Menu(icon string) (map[string]int32, error) {
	var revision uint32
	var root menuItem
	err := d.conn.Object(icon, menuPath).Call(menuIface+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root)
	if err != nil {
		return nil, err
	}
	out := map[string]int32{}
	for _, c := range root.Children {
		var one menuItem
		if err := dbus.Store([]any{c.Value()}, &one); err != nil {
			return nil, err
		}
		if v, ok := one.Props["visible"]; ok && v.Value() == false {
			continue
		}
		if label, ok := one.Props["label"].Value().(string); ok && label != "" {
			out[label] = one.ID
		}
	}
	return out, nil
}

// Click waits for the line of the tray's menu that begins with the text, and clicks it.
func (d *Desk) Click(begins string) error {
	return Until(fmt.Sprintf("the line %q of the tray's menu", begins), deskWait, func() (bool, error) {
		icons, err := d.Icons()
		if err != nil || len(icons) != 1 {
			return false, err
		}
		lines, err := d.Menu(icons[0])
		if err != nil {
			return false, err
		}
		for text, id := range lines {
			if strings.HasPrefix(text, begins) {
				err := d.conn.Object(icons[0], menuPath).Call(menuIface+".Event", 0, id, "clicked", dbus.MakeVariant(0), uint32(0)).Err
				return err == nil, err
			}
		}
		return false, fmt.Errorf("there are only %v", lines)
	})
}
