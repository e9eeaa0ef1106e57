//go:build linux

package testwindow

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// startWait bounds how long the window may take to show its page.
const startWait = 30 * time.Second

// Title is the title of the window.
const Title = "Gridwall"

// Gridwall is the program in its window.
type Gridwall struct {
	// Began is when it was started.
	Began time.Time

	p       *Process
	desk    *Desk
	inspect string
	page    *Page
}

// Configure writes the config.toml of the programs on this desk.
func (d *Desk) Configure(text string) error { return d.write("config.toml", text) }

// WriteSource writes the source file with this name, without its extension.
func (d *Desk) WriteSource(name, text string) error { return d.write("sources/"+name+".toml", text) }

// HasSource reports whether there is a source file with this name.
func (d *Desk) HasSource(name string) bool {
	_, err := os.Stat(filepath.Join(d.config(), "sources", name+".toml"))
	return err == nil
}

func (d *Desk) config() string { return filepath.Join(d.dir, "gridwall/config") }

func (d *Desk) write(name, text string) error {
	file := filepath.Join(d.config(), name)
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600))
}

// Start starts the program with its own folders; a second start on the same desk uses the same ones.
func (d *Desk) Start(program string, args ...string) (*Gridwall, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	inspect := free.Addr().String()
	_ = free.Close()
	env := append(slices.Clone(d.env), "WEBKIT_INSPECTOR_HTTP_SERVER="+inspect, "GRIDWALL_LOG=info")
	args = append([]string{"--config", d.config(), "--data", filepath.Join(d.dir, "gridwall/data")}, args...)
	g := &Gridwall{Began: time.Now(), desk: d, inspect: inspect}
	if g.p, err = start(env, nil, program, args...); err != nil {
		return nil, err
	}
	d.parts = append(d.parts, g.p)
	return g, nil
}

// Page returns the page, once it is mounted.
func (g *Gridwall) Page() (*Page, error) {
	if g.page != nil {
		return g.page, nil
	}
	err := Until("the page", startWait, func() (_ bool, err error) {
		if !g.p.running() {
			return false, fmt.Errorf("the program has ended:\n%s", g.Log())
		}
		if g.page == nil {
			if g.page, err = openPage(g.inspect); err != nil {
				return false, err
			}
		}
		var mounted bool
		err = g.page.Eval(`document.querySelector('nav a') !== null`, &mounted)
		return mounted, err
	})
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, g.Log())
	}
	return g.page, nil
}

// Leave disconnects from the page until Page is called again.
func (g *Gridwall) Leave() {
	if g.page != nil {
		g.page.Close()
		g.page = nil
	}
}

// Log returns the end of the program's stderr.
func (g *Gridwall) Log() string { return g.p.log.String() }

// PID returns its process ID.
func (g *Gridwall) PID() int { return g.p.cmd.Process.Pid }

// Running reports whether it runs.
func (g *Gridwall) Running() bool { return g.p.running() }

// Signal sends it a signal.
func (g *Gridwall) Signal(s syscall.Signal) error { return g.p.cmd.Process.Signal(os.Signal(s)) }

// Wait waits for its end and returns its exit code.
func (g *Gridwall) Wait(within time.Duration) (int, error) { return g.p.wait(within) }

// Kill ends it and what it started.
func (g *Gridwall) Kill() {
	g.Leave()
	g.p.kill()
}
