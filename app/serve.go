package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime/debug"
	"syscall"

	"gridwall/app/server"
	"gridwall/backend/config"
)

// memoryBeside is what the program may need beside its segment cache, in bytes. Cache and this are the garbage collector's
// soft limit, because segments come and go by the megabyte: without a limit twice the cache would pile up before it runs.
const memoryBeside = 100 << 20

type serveCommand struct {
	folders
	Listen string `placeholder:"ADDR" help:"Where to listen; by default listen in config.toml, or 127.0.0.1:8787. Any but a loopback address needs server.token."`
	Demo   bool   `help:"Add the built-in demo: four live feeds whose tokens live 30 seconds, and a calendar."`
}

// Run serves until a signal comes.
func (c serveCommand) Run(p *process) error {
	paths, conf, err := c.load()
	if err != nil {
		return err
	}
	listen := conf.Server.Listen
	if c.Listen != "" {
		listen = c.Listen
	}
	if err := server.CheckListen(listen, conf.Server.Token, conf.Server.PlayToken); err != nil {
		return &usageError{tokenError(conf, err)}
	}
	if _, err := os.Stat(paths.Config); c.Config != "" && errors.Is(err, fs.ErrNotExist) {
		p.log.Warn("the folder of --config does not exist; it is created, and the defaults apply", "folder", paths.Config)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return listenError(listen, "with --listen", err)
	}
	defer listener.Close()
	a, err := New(Options{Config: conf, Paths: paths, Demo: c.Demo, Version: p.version, Log: p.log})
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(p.ctx, listener, func(url string) {
		fmt.Fprintln(p.stdout, "listening on "+url)
	})
}

// tokenError says where in config.toml a token stands that is too short.
func tokenError(conf config.Config, err error) error {
	var short *server.ShortTokenError
	if errors.As(err, &short) {
		return &config.Error{File: conf.File, Line: conf.Line(short.Key), Msg: short.Error()}
	}
	return err
}

// limitMemory sets the soft limit of the memory for a segment cache of so many bytes. GOMEMLIMIT wins.
func limitMemory(cache int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(cache + memoryBeside)
}

// load finds the folders, and reads config.toml.
func (f folders) load() (config.Paths, config.Config, error) {
	paths, err := config.DefaultPaths().With(f.Config, f.Data)
	if err != nil {
		return paths, config.Config{}, &usageError{err}
	}
	conf, err := config.Load(paths.Config)
	if err != nil {
		return paths, conf, &usageError{err}
	}
	return paths, conf, nil
}

// listenError says what is wrong with an address, and where to choose another.
func listenError(addr, where string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("listen %s: the port is in use; stop the other program, or choose another port %s", addr, where)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("listen %s: this machine has no such address; choose another %s", addr, where)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("listen %s: not permitted; choose a port above 1023 %s", addr, where)
	}
	return fmt.Errorf("listen %s: %w; choose another address %s", addr, err, where)
}
