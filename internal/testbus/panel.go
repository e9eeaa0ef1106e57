//go:build linux

package testbus

import (
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	// ItemPath is the object path of an icon, MenuPath that of its menu.
	ItemPath = dbus.ObjectPath("/StatusNotifierItem")
	MenuPath = dbus.ObjectPath("/StatusNotifierItem/menu")
	menuName = "com.canonical.dbusmenu"
)

// Panel is a panel that shows icons: a StatusNotifierWatcher with a host.
type Panel struct {
	t     *testing.T
	conn  *dbus.Conn
	props *prop.Properties
	// Items receives the bus names of programs that registered an icon.
	Items chan string
}

// NewPanel puts a panel on the bus.
func NewPanel(t *testing.T) *Panel {
	t.Helper()
	p := &Panel{t: t, conn: Connect(t), Items: make(chan string, 8)}
	must(t, p.conn.Export(watcher{p}, watcherPath, watcherName))
	var err error
	p.props, err = prop.Export(p.conn, watcherPath, prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitTrue},
		"ProtocolVersion":                {Value: int32(0), Emit: prop.EmitFalse},
	}})
	must(t, err)
	_, err = p.conn.RequestName(watcherName, dbus.NameFlagDoNotQueue)
	must(t, err)
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Leave removes the panel from the bus.
func (p *Panel) Leave() {
	_, err := p.conn.ReleaseName(watcherName)
	must(p.t, err)
}

// Return puts it back.
func (p *Panel) Return() {
	_, err := p.conn.RequestName(watcherName, dbus.NameFlagDoNotQueue)
	must(p.t, err)
}

// Hosted sets whether icons are shown, and signals the change as watchers do.
func (p *Panel) Hosted(yes bool) {
	p.props.SetMust(watcherName, "IsStatusNotifierHostRegistered", yes)
	signal := ".StatusNotifierHostRegistered"
	if !yes {
		signal = ".StatusNotifierHostUnregistered"
	}
	must(p.t, p.conn.Emit(watcherPath, watcherName+signal))
}

// watcher exports the methods that programs call.
type watcher struct{ p *Panel }

// RegisterStatusNotifierItem is called by a program that has an icon.
func (w watcher) RegisterStatusNotifierItem(sender dbus.Sender, _ string) *dbus.Error {
	select {
	case w.p.Items <- string(sender):
	default:
	}
	return nil
}

// Line is one line of a menu, as a panel reads it.
type Line struct {
	ID       int32
	Label    string
	Disabled bool
	Lines    []Line
}

// layout is the wire form of a menu.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// Menu reads the whole menu of the icon at a bus name, without separators and hidden lines.
func (p *Panel) Menu(item string) []Line {
	p.t.Helper()
	var revision uint32
	var root layout
	must(p.t, p.conn.Object(item, MenuPath).Call(menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root))
	return lines(p.t, root)
}

func lines(t *testing.T, of layout) []Line {
	t.Helper()
	var out []Line
	for _, c := range of.Children {
		var one layout
		must(t, dbus.Store([]any{c.Value()}, &one))
		if v, ok := one.Props["visible"]; ok && v.Value() == false {
			continue
		}
		if v, ok := one.Props["type"]; ok && v.Value() == "separator" {
			continue
		}
		l := Line{ID: one.ID, Lines: lines(t, one)}
		l.Label, _ = one.Props["label"].Value().(string)
		l.Disabled = one.Props["enabled"].Value() == false
		out = append(out, l)
	}
	return out
}

// Click clicks a line of the menu.
func (p *Panel) Click(item string, id int32) {
	p.t.Helper()
	must(p.t, p.conn.Object(item, MenuPath).Call(menuName+".Event", 0, id, "clicked", dbus.MakeVariant(0), uint32(0)).Err)
}

// Activate clicks the icon itself.
func (p *Panel) Activate(item string) {
	p.t.Helper()
	must(p.t, p.conn.Object(item, ItemPath).Call("org.kde.StatusNotifierItem.Activate", 0, int32(0), int32(0)).Err)
}

// Property reads a property of the icon into to.
func (p *Panel) Property(item, name string, to any) {
	p.t.Helper()
	v, err := p.conn.Object(item, ItemPath).GetProperty("org.kde.StatusNotifierItem." + name)
	must(p.t, err)
	must(p.t, dbus.Store([]any{v.Value()}, to))
}

// Layouts returns a channel of the signals by which the icon's menu reports a change, from now on.
func (p *Panel) Layouts(item string) <-chan *dbus.Signal {
	p.t.Helper()
	must(p.t, p.conn.AddMatchSignal(dbus.WithMatchSender(item), dbus.WithMatchInterface(menuName), dbus.WithMatchMember("LayoutUpdated")))
	c := make(chan *dbus.Signal, 256)
	p.conn.Signal(c)
	return c
}
