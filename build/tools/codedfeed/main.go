// Command codedfeed serves an origin of gridwall/internal/codedfeed on a free port, for tests that are not written in Go: live feeds whose
// pictures and sound carry their time. It prints the origin's URL, and ends when its standard input is closed, so that it ends with the
// test that started it.
//
//	go run ./build/tools/codedfeed 2 5 8 12          the feeds coded-2s, coded-5s, coded-8s and coded-12s, with these latencies in seconds
//	go run ./build/tools/codedfeed 2 8:7 8:0         with the seed of the sound: the second has another sound (coded-8s-7), the third none
//	go run ./build/tools/codedfeed 2/other           encoded otherwise, at another resolution, with other segment numbers (coded-2s)
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"gridwall/internal/codedfeed"
	"gridwall/internal/testorigin"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "codedfeed:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: codedfeed LATENCY[:SEED][/other|/mp3] and more of them")
	}
	var feeds []codedfeed.Feed
	for _, arg := range args {
		f, err := parse(arg)
		if err != nil {
			return err
		}
		feeds = append(feeds, f)
	}
	o, err := codedfeed.New(feeds...)
	if err != nil {
		return err
	}
	defer o.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	failed := make(chan error, 1)
	mortal := testorigin.NewMortal(o)
	go func() { failed <- http.Serve(l, mortal) }()
	closed := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(closed)
	}()
	select {
	case err := <-failed:
		return err
	case <-closed:
		_ = mortal.Die(lastWait) // if nobody plays, there is nothing to wait for
		return nil
	}
}

// lastWait is how long a player may take to ask for what was listed, before the program ends: longer than a segment.
const lastWait = 3 * time.Second

// otherFirst is the number of the first segment of a feed that is encoded otherwise.
const otherFirst = 900_000

// parse reads LATENCY[:SEED][/FORM].
func parse(arg string) (f codedfeed.Feed, err error) {
	arg, form, _ := strings.Cut(arg, "/")
	latency, seed, seeded := strings.Cut(arg, ":")
	seconds, err := strconv.ParseFloat(latency, 64)
	if err != nil {
		return f, fmt.Errorf("the latency %q is not a number of seconds", latency)
	}
	f = codedfeed.Feed{Name: "coded-" + latency + "s", Latency: time.Duration(seconds * float64(time.Second))}
	if seeded {
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			return f, fmt.Errorf("the seed %q is not a whole number", seed)
		}
		f.Seed, f.Name = &n, f.Name+"-"+seed
	}
	switch form {
	case "":
	case "other":
		f.Form, f.First = codedfeed.Other, otherFirst
	case "mp3":
		f.Form = codedfeed.MP3
	default:
		return f, fmt.Errorf("unknown form %q: use other or mp3", form)
	}
	return f, nil
}
