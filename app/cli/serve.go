package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"gridwall/app"
	"gridwall/app/server"
	"gridwall/app/server/listen"
	"gridwall/backend/config"
)

type serveCommand struct {
	folders
	Listen string `placeholder:"ADDR" help:"The address to listen on; by default listen in config.toml, or 127.0.0.1:8787. Any address except loopback requires server.token."`
	Demo   bool   `help:"Add the built-in demo: four live feeds whose tokens expire after 30 seconds, and a calendar."`
}

// Run serves until it receives a signal.
func (c serveCommand) Run(p *process) error {
	paths, conf, err := c.load()
	if err != nil {
		return err
	}
	address := conf.Server.Listen
	if c.Listen != "" {
		address = c.Listen
	}
	if err := server.CheckListen(address, conf.Server.Token, conf.Server.PlayToken); err != nil {
		return &usageError{app.TokenError(conf, err)}
	}
	if _, err := os.Stat(paths.Config); c.Config != "" && errors.Is(err, fs.ErrNotExist) {
		p.log.Warn("the folder of --config does not exist; it is created, and the defaults apply", "folder", paths.Config)
	}
	listener, err := listen.TCP(address, "with --listen")
	if err != nil {
		return err
	}
	defer listener.Close()
	a, err := app.New(app.Options{Config: conf, Paths: paths, Demo: c.Demo, Version: p.version, Log: p.log})
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(p.ctx, listener, func(url string) {
		fmt.Fprintln(p.stdout, "listening on "+url)
	})
}

// load determines the folders, and reads config.toml.
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
