//go:build linux

// Command step measures from the pictures how far the feeds of a wall are apart. It plays four feeds of gridwall/internal/codedfeed, whose
// latencies are 2, 5, 8 and 12 s, and reads the frames that all tiles show at one instant, several times a second; in Chromium, and in
// the real window. build/step runs it.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testwindow"
)

// page is a page with the wall, in Chromium or in the window.
type page interface {
	// Eval runs an expression, awaits it if it is a promise, and reads its value into to; nil discards it.
	Eval(expression string, to any) error
}

func main() {
	long := flag.Duration("for", 10*time.Minute, "how long the wall plays undisturbed")
	only := flag.String("only", "", "chromium or window; both without it")
	part := flag.String("part", "", "step or sound; both without it")
	server := flag.String("server", "build/bin/gridwall", "the server")
	desktop := flag.String("window", "build/bin/gridwall-desktop", "the desktop application")
	verbose := flag.Bool("v", false, "print each correction")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: build/step [flags]")
		flag.PrintDefaults()
	}
	flag.Parse()
	// Programs that end with their parent end with the thread that started them.
	runtime.LockOSThread()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		interrupted.Store(true)
		signal.Stop(signals)
	}()
	if err := run(*long, *only, *part, *server, *desktop, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "step:", err)
		os.Exit(1)
	}
}

func run(long time.Duration, only, part, server, desktop string, verbose bool) error {
	if only != "" && only != "chromium" && only != "window" {
		return fmt.Errorf("-only %s: must be chromium or window", only)
	}
	if part != "" && part != "step" && part != "sound" {
		return fmt.Errorf("-part %s: must be step or sound", part)
	}
	if missing := testwindow.Missing(); only != "chromium" && len(missing) > 0 {
		return fmt.Errorf("missing: %s; run build/setup test", strings.Join(missing, ", "))
	}
	t := &table{}
	if only != "window" {
		if err := both(part, t.column("Chromium"), long, verbose, func(feeds []codedfeed.Feed, measure measurement) error {
			return inChromium(server, feeds, measure)
		}); err != nil {
			return fmt.Errorf("in Chromium: %w", err)
		}
	}
	if only != "chromium" {
		if err := both(part, t.column("window"), long, verbose, func(feeds []codedfeed.Feed, measure measurement) error {
			return inWindow(desktop, feeds, measure)
		}); err != nil {
			return fmt.Errorf("window: %w", err)
		}
	}
	fmt.Print(t)
	return nil
}

// measurement measures on a page that has the feeds of an origin; second opens another page, and is nil where there is none.
type measurement func(o *origin, p page, second func() (page, error)) error

// both measures the step of feeds with date times and of feeds without, or one of the two, each in a browser of its own.
func both(part string, c *column, long time.Duration, verbose bool, in func([]codedfeed.Feed, measurement) error) error {
	if part != "sound" {
		err := in(stepFeeds(), func(o *origin, p page, second func() (page, error)) error {
			return measure(c, o, p, second, long, verbose)
		})
		if err != nil {
			return err
		}
	}
	if part == "step" {
		return nil
	}
	return in(soundFeeds(), func(o *origin, p page, _ func() (page, error)) error { return bySound(c, o, p) })
}

// interrupted is set when a signal asks this program to end: the next look at a page then fails, so that all that was started ends.
var interrupted atomic.Bool

// tokenLife is short, so that tokens are renewed all the time.
const tokenLife = 60 * time.Second

// origin is an origin that serves.
type origin struct {
	*codedfeed.Origin
	url string
}

// stepFeeds are the four feeds whose step is measured.
func stepFeeds() []codedfeed.Feed { return codedfeed.Latencies(2, 5, 8, 12) }

// newOrigin serves feeds until the returned function is called.
func newOrigin(feeds []codedfeed.Feed) (*origin, func(), error) {
	o, err := codedfeed.New(feeds...)
	if err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		o.Close()
		return nil, nil, err
	}
	s := &http.Server{Handler: o}
	go func() { _ = s.Serve(l) }()
	return &origin{o, "http://" + l.Addr().String()}, func() {
		_ = s.Close()
		o.Close()
	}, nil
}

// post sends a command to the origin.
func (o *origin) post(path string) error {
	r, err := http.Post(o.url+"/"+path, "", nil)
	if err != nil {
		return err
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, r.Status)
	}
	return nil
}
