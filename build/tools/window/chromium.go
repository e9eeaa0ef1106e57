//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

// evalWait bounds the evaluation of one expression.
const evalWait = time.Minute

// chromium is a page in a headless Chromium, on a server with the demo.
type chromium struct{ ctx context.Context }

func (c chromium) Eval(expression string, to any) error {
	ctx, cancel := context.WithTimeout(c.ctx, evalWait)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => JSON.stringify(await (`+expression+`) ?? null))()`, chromedp.EvalAwaitPromise))
	if err != nil || to == nil {
		return err
	}
	return json.Unmarshal([]byte(text), to)
}

// openChromium starts the server program and a Chromium that shows its page.
func openChromium(program string) (_ page, end func(), err error) {
	dir, err := os.MkdirTemp("", "nine-")
	if err != nil {
		return nil, nil, err
	}
	ends := []func(){func() { _ = os.RemoveAll(dir) }}
	end = func() {
		for i := len(ends) - 1; i >= 0; i-- {
			ends[i]()
		}
	}
	fail := func(err error) (page, func(), error) {
		end()
		return nil, nil, err
	}
	sources := filepath.Join(dir, "config/sources")
	err = os.MkdirAll(sources, 0o700)
	for name, text := range nineSources {
		err = errors.Join(err, os.WriteFile(filepath.Join(sources, name+".toml"), []byte(text), 0o600))
	}
	if err != nil {
		return fail(err)
	}
	cmd := exec.Command(program, "serve", "--demo", "--listen", "127.0.0.1:0", "--config", filepath.Join(dir, "config"), "--data", filepath.Join(dir, "data"))
	// It ends with this process, even if that is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fail(err)
	}
	ends = append(ends, func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		return fail(fmt.Errorf("the server does not start: %q", line))
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(nineWidth, nineHeight),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("mute-audio", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ends = append(ends, cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	ends = append(ends, cancel)
	if _, err := chromedp.Run(ctx, chromedp.Navigate(url+"/#/watch")); err != nil {
		return fail(err)
	}
	return chromium{ctx}, end, nil
}
