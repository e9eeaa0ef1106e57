//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testwindow"
)

// quiet is a config.toml without calendars, which are not reachable here.
const quiet = "schedule = []\n"

// inWindow runs a measurement in the desktop application, on a virtual desktop.
func inWindow(program string, feeds []codedfeed.Feed, measure measurement) error {
	o, stop, err := newOrigin(feeds)
	if err != nil {
		return err
	}
	defer stop()
	d, err := testwindow.NewDesk(testwindow.DeskOptions{Width: 1280, Height: 746, Panel: true})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Configure(quiet); err != nil {
		return err
	}
	if err := d.WriteSource("coded", codedfeed.Source(o.url, tokenLife)); err != nil {
		return err
	}
	g, err := d.Start(program)
	if err != nil {
		return err
	}
	defer g.Kill()
	p, err := g.Page()
	if err != nil {
		return err
	}
	return measure(o, p, nil)
}

// inChromium runs a measurement in a headless Chromium, with the page of a server.
func inChromium(program string, feeds []codedfeed.Feed, measure measurement) error {
	o, stop, err := newOrigin(feeds)
	if err != nil {
		return err
	}
	defer stop()
	dir, err := os.MkdirTemp("", "step-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	url, end, err := serve(program, dir, o)
	if err != nil {
		return err
	}
	defer end()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 720),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("mute-audio", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(url+"/#/watch")); err != nil {
		return err
	}
	return measure(o, chromium{ctx}, func() (page, error) {
		other, _ := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
		_, err := chromedp.Run(other, chromedp.Navigate(url+"/#/watch"))
		return chromium{other}, err
	})
}

// serve starts the server and returns the address that it prints.
func serve(program, dir string, o *origin) (url string, end func(), err error) {
	config := filepath.Join(dir, "config")
	if err := os.MkdirAll(filepath.Join(config, "sources"), 0o700); err != nil {
		return "", nil, err
	}
	if err := os.WriteFile(filepath.Join(config, "config.toml"), []byte(quiet), 0o600); err != nil {
		return "", nil, err
	}
	if err := os.WriteFile(filepath.Join(config, "sources/coded.toml"), []byte(codedfeed.Source(o.url, tokenLife)), 0o600); err != nil {
		return "", nil, err
	}
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--config", config, "--data", filepath.Join(dir, "data"))
	// It ends with this process, even if that is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	end = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		end()
		return "", nil, fmt.Errorf("the server does not start: %q", line)
	}
	return url, end, nil
}

// chromium is a page in Chromium.
type chromium struct{ ctx context.Context }

// evalWait bounds the evaluation of one expression.
const evalWait = 15 * time.Second

func (c chromium) Eval(expression string, to any) error {
	ctx, cancel := context.WithTimeout(c.ctx, evalWait)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => JSON.stringify(await (`+expression+`) ?? null))()`, chromedp.EvalAwaitPromise))
	if err != nil || to == nil {
		return err
	}
	return json.Unmarshal([]byte(text), to)
}
