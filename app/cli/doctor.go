package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"gridwall/app"
	"gridwall/backend/config"
	"gridwall/backend/schedule"
	"gridwall/backend/source"
	"gridwall/backend/store"
	"gridwall/backend/stream"
)

const (
	// reachTimeout limits how long doctor waits for one host.
	reachTimeout = 5 * time.Second
	// reachAtOnce is how many hosts doctor connects to at the same time.
	reachAtOnce = 8
)

type doctorCommand struct{ folders }

// verdict is the outcome of one check.
type verdict string

const (
	fine    verdict = "OK"
	warning verdict = "warn"
	failure verdict = "fail"
)

// finding is one line of the report; fix says what to do if something is wrong.
type finding struct {
	verdict      verdict
	what, detail string
	fix          string
}

// Run checks the machine and the configuration, and prints a line for each check. It fails if a check fails; warnings do not count.
func (c doctorCommand) Run(p *process) error {
	paths, err := config.DefaultPaths().With(c.Config, c.Data)
	if err != nil {
		return &usageError{err}
	}
	var all []finding
	all = append(all, finding{fine, "program", fmt.Sprintf("gridwall %s, %s/%s, %s", p.version, runtime.GOOS, runtime.GOARCH, runtime.Version()), ""})
	all = append(all, checkWindow(p.ctx)...)
	all = append(all, checkConfig(paths))
	all = append(all, checkOverrides(paths)...)
	all = append(all, checkDatabase(paths.Database()))
	sources, hosts := checkSources(paths, p)
	all = append(all, sources...)
	all = append(all, checkHosts(p.ctx, hosts)...)
	all = append(all, checkTools()...)
	all = append(all, checkBrowser(p.ctx))

	failed := false
	for _, f := range all {
		line := fmt.Sprintf("%-4s  %-10s  %s", f.verdict, f.what, f.detail)
		if f.fix != "" {
			line += "; " + f.fix
		}
		if _, err := fmt.Fprintln(p.stdout, line); err != nil {
			return err
		}
		failed = failed || f.verdict == failure
	}
	if failed {
		return errReported
	}
	return nil
}

func checkConfig(paths config.Paths) finding {
	if _, err := config.Load(paths.Config); err != nil {
		return finding{failure, "config", stream.OneLine(err), "correct the line, or move the file away: every key is optional"}
	}
	if _, err := os.Stat(paths.ConfigFile()); errors.Is(err, fs.ErrNotExist) {
		return finding{fine, "config", paths.ConfigFile() + " does not exist: the defaults apply", ""}
	}
	return finding{fine, "config", paths.ConfigFile(), ""}
}

// checkOverrides reads the file that corrects the calendars, and returns a finding for each mistake in it.
func checkOverrides(paths config.Paths) []finding {
	file := filepath.Join(paths.Config, schedule.OverridesFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return []finding{{fine, "overrides", file + " does not exist: the calendars are shown as published", ""}}
	}
	var out []finding
	for _, problem := range schedule.LoadOverrides(paths.Config).Problems() {
		out = append(out, finding{failure, "overrides", stream.RedactText(problem), "correct the file; a change is picked up at once"})
	}
	if out == nil {
		out = []finding{{fine, "overrides", file, ""}}
	}
	return out
}

// checkDatabase opens the database if there is one, and closes it at once. It does not create one.
func checkDatabase(path string) finding {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := writable(filepath.Dir(path)); err != nil {
			return finding{failure, "database", stream.OneLine(err), "make the folder writable, or use another --data DIR"}
		}
		return finding{fine, "database", path + " does not exist yet: the first start creates it", ""}
	}
	db, err := store.Open(path)
	switch {
	case errors.Is(err, store.ErrLocked):
		return finding{warning, "database", path + " is in use by another Gridwall", "that is fine if you started one"}
	case err != nil:
		return finding{failure, "database", stream.OneLine(err), ""}
	}
	if err := db.Close(); err != nil {
		return finding{failure, "database", stream.OneLine(err), ""}
	}
	return finding{fine, "database", path, ""}
}

// writable returns an error unless files can be created in a folder or, if that does not exist, in the nearest parent that does.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
			dir = filepath.Dir(dir)
			continue
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is not a folder", dir)
		}
		f, err := os.CreateTemp(dir, ".gridwall-*")
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
}

// checkSources reads each source file, and returns the hosts that the valid ones name.
func checkSources(paths config.Paths, p *process) ([]finding, []host) {
	folder := paths.Sources()
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return []finding{{warning, "sources", folder + " does not exist", "create it, and put a file for each source into it; or look around with: gridwall serve --demo"}}, nil
	}
	dir, err := source.New(source.Options{Path: folder, Log: p.log, Check: app.CheckSource})
	if err != nil {
		return []finding{{failure, "sources", stream.OneLine(err), ""}}, nil
	}
	var misnamed []finding
	for _, name := range dir.Misnamed() {
		misnamed = append(misnamed, finding{warning, "source", cell(filepath.Join(folder, name)) + " is not read", "give it a name that ends in .toml"})
	}
	entries := dir.All()
	if len(entries) == 0 {
		return append(append(misnamed, checkSecrets(paths, nil)...), finding{warning, "sources", folder + " contains no source", "put a file for each source into it; or look around with: gridwall serve --demo"}), nil
	}
	out := append(misnamed, checkSecrets(paths, entries)...)
	var hosts []host
	for _, e := range entries {
		switch src := e.Source; {
		case e.Err != nil:
			fix := "correct the file; a change is picked up at once"
			if strings.Contains(e.Err.Error(), "environment variable") {
				fix = "" // the file is correct
			}
			out = append(out, finding{failure, "source", stream.OneLine(e.Err), fix})
		case !src.Enabled:
			out = append(out, finding{fine, "source", src.Key + " is disabled", ""})
		default:
			out = append(out, finding{fine, "source", fmt.Sprintf("%s (%s)", src.Key, src.Kind), ""})
			hosts = append(hosts, hostsOf(src)...)
		}
	}
	return out, hosts
}

// host is the address of a source's site or of its forward proxy.
type host struct{ address, source string }

// hostsOf returns the hosts that a source's file names, or only its forward proxy if it has one.
func hostsOf(src source.Source) []host {
	urls := []string{src.URL}
	for _, d := range src.Streams {
		urls = append(urls, d.URL)
	}
	if src.Proxy != "" {
		urls = []string{src.Proxy}
	}
	var out []host
	for _, raw := range urls {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" {
			continue
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"https": "443", "socks5": "1080"}[u.Scheme]
		}
		if port == "" {
			port = "80"
		}
		out = append(out, host{net.JoinHostPort(u.Hostname(), port), src.Key})
	}
	return out
}

// checkHosts connects to each host once.
func checkHosts(ctx context.Context, hosts []host) []finding {
	byAddress := map[string]string{}
	for _, h := range hosts {
		if byAddress[h.address] == "" {
			byAddress[h.address] = h.source
		}
	}
	var mu sync.Mutex
	var out []finding
	var wg sync.WaitGroup
	slots := make(chan struct{}, reachAtOnce)
	for address, key := range byAddress {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			d := net.Dialer{Timeout: reachTimeout}
			start := time.Now()
			conn, err := d.DialContext(ctx, "tcp", address)
			f := finding{fine, "network", fmt.Sprintf("%s answers after %d ms (source %s)", address, time.Since(start).Milliseconds(), key), ""}
			if err != nil {
				f = finding{warning, "network", fmt.Sprintf("%s (source %s): %s", address, key, stream.OneLine(err)), "check the name in the source's file, and this machine's network and firewall"}
			} else {
				_ = conn.Close()
			}
			mu.Lock()
			defer mu.Unlock()
			out = append(out, f)
		})
	}
	wg.Wait()
	slices.SortFunc(out, func(a, b finding) int {
		if a.detail < b.detail {
			return -1
		}
		return 1
	})
	return out
}

// browserTimeout limits how long a browser may take to print its version.
const browserTimeout = 10 * time.Second

// checkBrowser finds the browser for sources of the kind browser. A missing one is not a failure, because few sources need it.
func checkBrowser(ctx context.Context) finding {
	path, err := app.FindBrowser()
	if err != nil {
		return finding{fine, "browser", stream.OneLine(err), "only sources of kind browser need it"}
	}
	return finding{fine, "browser", path + browserVersion(ctx, path), ""}
}

// browserVersion returns the browser's version in brackets; "" on Windows, where --version would open a window.
func browserVersion(ctx context.Context, path string) string {
	if runtime.GOOS == "windows" {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, browserTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return ", which does not print its version"
	}
	return " (" + strings.TrimSpace(strings.SplitN(string(out), "\n", 2)[0]) + ")"
}

// checkTools lists the installed players. Gridwall needs none of them.
func checkTools() []finding {
	var out []finding
	for _, name := range []string{"mpv", "vlc", "ffmpeg"} {
		if path, err := exec.LookPath(name); err == nil {
			out = append(out, finding{fine, "player", path, ""})
		}
	}
	if out == nil {
		out = append(out, finding{fine, "player", "no mpv, vlc or ffmpeg found; any player on the network works", ""})
	}
	return out
}
