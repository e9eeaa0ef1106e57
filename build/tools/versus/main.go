// Command versus compares Gridwall with the servers that an engineer would otherwise use: nginx with proxy_cache, nginx that buffers
// without a cache, and Go's reverse proxy, all in front of the same origin, in one run.
//
//	build/speed                       everything, as for the tables in docs/performance.md (about ten minutes)
//	build/speed -only fanout,cold     some parts: fanout, cold, first, viewers, latency
//	build/speed -rounds 3             fewer rounds than seven
//
// The origin is nginx with sendfile and secure_link, which serves segments of 2 MB. The client is as cheap as possible and is not measured,
// but runs on the same machine. The servers are measured in alternating rounds, so that other load on the machine affects all of them; each
// ratio is the median of the rounds' ratios. Everything listens on 127.0.0.1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

// part is one of the measurements, with its name for -only.
type part struct {
	name string
	run  func(context.Context, *bench) error
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == plainProxy {
		if err := servePlain(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "versus:", err)
			os.Exit(1)
		}
		return
	}
	o := options{}
	only := flag.String("only", "", "which parts, separated by commas: fanout, cold, first, viewers, latency")
	flag.IntVar(&o.rounds, "rounds", 7, "rounds of all contenders")
	flag.IntVar(&o.requests, "requests", 512, "segments of 2 MB that a contender serves in a round")
	flag.IntVar(&o.viewers, "viewers", 1000, "viewers in real time")
	flag.DurationVar(&o.viewing, "for", defaultViewing, "how long they watch")
	flag.StringVar(&o.program, "program", "", "the gridwall program; by default it is built")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, *only); err != nil {
		fmt.Fprintln(os.Stderr, "versus:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, only string) (err error) {
	parts := []part{{"fanout", fanOut}, {"cold", passThrough}, {"first", firstByte}, {"viewers", inRealTime}, {"latency", lowLatency}}
	chosen := parts
	if only != "" {
		chosen = nil
		for name := range strings.SplitSeq(only, ",") {
			known := false
			for _, p := range parts {
				if p.name == name {
					chosen, known = append(chosen, p), true
				}
			}
			if !known {
				return fmt.Errorf("there is no part %q", name)
			}
		}
	}
	b, err := newBench(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	b.introduce()
	for _, p := range chosen {
		if err := p.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}
