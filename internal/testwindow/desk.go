//go:build linux

package testwindow

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// Needed lists the programs of a desk, each with its Debian package.
var Needed = map[string]string{
	"Xvfb": "xvfb", "dbus-daemon": "dbus-daemon", "xfwm4": "xfwm4", "xfce4-panel": "xfce4-panel",
	"xdotool": "xdotool", "wmctrl": "wmctrl", "import": "imagemagick",
}

// Missing lists the packages of the programs that are not installed.
func Missing() (out []string) {
	for program, pkg := range Needed {
		if _, err := exec.LookPath(program); err != nil {
			out = append(out, pkg)
		}
	}
	slices.Sort(out)
	return out
}

// deskWait bounds how long a part of the desk may take to start.
const deskWait = 20 * time.Second

// panelConfig is a panel at the top, with the windows to its left and the tray to its right.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="26"/>
      <property name="icon-size" type="uint" value="16"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
        <value type="int" value="4"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray"/>
    <property name="plugin-4" type="string" value="clock"/>
  </property>
</channel>
`

// Desk is a display with a session bus, a window manager and, if requested, a panel that shows tray icons. It has its own
// folders, bus and display, and does not read or write the user's.
type Desk struct {
	dir   string
	env   []string
	parts []*Process
	conn  *dbus.Conn
}

// DeskOptions configures a desk.
type DeskOptions struct {
	Width, Height int
	// Panel asks for a panel with a tray.
	Panel bool
}

// NewDesk makes a desk. Close ends it.
func NewDesk(o DeskOptions) (_ *Desk, err error) {
	dir, err := os.MkdirTemp("", "gridwall-desk-")
	if err != nil {
		return nil, err
	}
	d := &Desk{dir: dir}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if err := d.home(); err != nil {
		return nil, err
	}
	if err := d.display(o.Width, o.Height); err != nil {
		return nil, fmt.Errorf("the display: %w", err)
	}
	if err := d.bus(); err != nil {
		return nil, fmt.Errorf("the session bus: %w", err)
	}
	// No compositor: it would only take CPU time from the video.
	if err := d.add("xfwm4", "--compositor=off"); err != nil {
		return nil, err
	}
	err = Until("the window manager", deskWait, func() (bool, error) {
		out, err := run(d.env, "wmctrl", "-m")
		return strings.Contains(out, "Xfwm4"), err
	})
	if err != nil || !o.Panel {
		return d, err
	}
	if err := d.add("xfce4-panel", "--disable-wm-check"); err != nil {
		return nil, err
	}
	return d, Until("a panel that shows icons", deskWait, func() (bool, error) { return d.hosted() })
}

// home creates the folders, and the environment that refers to them.
func (d *Desk) home() error {
	keep := []string{"PATH", "LANG", "TZ", "TMPDIR"}
	for _, k := range keep {
		if v := os.Getenv(k); v != "" {
			d.env = append(d.env, k+"="+v)
		}
	}
	d.env = append(d.env, "HOME="+d.dir, "NO_AT_BRIDGE=1", "GDK_BACKEND=x11", "XDG_SESSION_TYPE=x11", "XDG_CURRENT_DESKTOP=XFCE")
	for k, sub := range map[string]string{
		"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run",
	} {
		p := filepath.Join(d.dir, sub)
		if err := os.MkdirAll(p, 0o700); err != nil {
			return err
		}
		d.env = append(d.env, k+"="+p)
	}
	panel := filepath.Join(d.dir, "config/xfce4/xfconf/xfce-perchannel-xml")
	if err := os.MkdirAll(panel, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(panel, "xfce4-panel.xml"), []byte(panelConfig), 0o600)
}

// display starts an X server, which chooses its number itself.
func (d *Desk) display(width, height int) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	p, err := start(d.env, []*os.File{w}, "Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height),
		"-nolisten", "tcp", "-noreset", "-dpi", "96")
	_ = w.Close()
	if err != nil {
		return err
	}
	d.parts = append(d.parts, p)
	number, err := firstLine(r)
	if err != nil {
		return fmt.Errorf("%w: %s", err, p.log)
	}
	d.env = append(d.env, "DISPLAY=:"+number)
	return nil
}

// bus starts a session bus, and connects to it.
func (d *Desk) bus() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	p, err := start(d.env, []*os.File{w}, "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=3",
		"--address=unix:dir="+filepath.Join(d.dir, "run"))
	_ = w.Close()
	if err != nil {
		return err
	}
	d.parts = append(d.parts, p)
	address, err := firstLine(r)
	if err != nil {
		return fmt.Errorf("%w: %s", err, p.log)
	}
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	if d.conn, err = dbus.Dial(address); err != nil {
		return err
	}
	return errors.Join(d.conn.Auth(nil), d.conn.Hello())
}

func (d *Desk) add(name string, args ...string) error {
	_, err := d.Launch(name, args...)
	return err
}

// Launch starts a program on the desk. It ends with the desk.
func (d *Desk) Launch(name string, args ...string) (*Process, error) {
	p, err := start(d.env, nil, name, args...)
	if err != nil {
		return nil, err
	}
	d.parts = append(d.parts, p)
	return p, nil
}

// Run runs a program on the desk to its end, and returns what it printed.
func (d *Desk) Run(name string, args ...string) (string, error) { return run(d.env, name, args...) }

// Bus returns the address of the desk's session bus.
func (d *Desk) Bus() string {
	for _, v := range d.env {
		if address, ok := strings.CutPrefix(v, "DBUS_SESSION_BUS_ADDRESS="); ok {
			return address
		}
	}
	return ""
}

// Dir returns the desk's home directory.
func (d *Desk) Dir() string { return d.dir }

// Screenshot writes what the display shows into a PNG.
func (d *Desk) Screenshot(path string) error {
	_, err := run(d.env, "import", "-window", "root", path)
	return err
}

// Windows counts the windows with this title that can be seen.
func (d *Desk) Windows(title string) int {
	out, err := run(d.env, "xdotool", "search", "--onlyvisible", "--name", "^"+title+"$")
	if err != nil {
		return 0 // xdotool fails if there are none
	}
	return len(strings.Fields(out))
}

// Active returns the title of the window that has the focus, "" if none has.
func (d *Desk) Active() string {
	out, err := run(d.env, "xdotool", "getactivewindow", "getwindowname")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// CloseWindow presses the close button of the window with this title.
func (d *Desk) CloseWindow(title string) error {
	_, err := run(d.env, "wmctrl", "-F", "-c", title)
	return err
}

// Fill makes the window with this title fill the display.
func (d *Desk) Fill(title string) error {
	_, err := run(d.env, "wmctrl", "-F", "-r", title, "-b", "add,maximized_vert,maximized_horz")
	return err
}

// Key presses a key in the window that has the focus, by its X name: Tab, Return, g.
func (d *Desk) Key(names ...string) error {
	_, err := run(d.env, "xdotool", append([]string{"key", "--clearmodifiers"}, names...)...)
	return err
}

// Close ends all programs on the desk and removes its folders.
func (d *Desk) Close() {
	if d.conn != nil {
		_ = d.conn.Close()
	}
	for _, p := range slices.Backward(d.parts) {
		p.kill()
	}
	_ = os.RemoveAll(d.dir)
}
