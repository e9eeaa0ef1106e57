package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// warming is how many segments each server delivers before the pass-through is measured: more than its cache can hold.
const warming = 256

// fanOut requests the same segments repeatedly, like many viewers of the same feed.
func fanOut(ctx context.Context, b *bench) error {
	first := b.take(files)
	for _, c := range b.all() {
		if err := b.check(c, first); err != nil {
			return err
		}
	}
	rounds, err := b.alternate(ctx, b.all(), func(c *contender) func(int) string {
		return func(i int) string { return c.path(first + i%files) }
	})
	if err != nil {
		return err
	}
	fmt.Printf("Fan-out: %d cached segments, %d requests per round; median of %d alternating rounds.\n\n", files, b.requests, b.rounds)
	b.table(rounds, b.cache)
	return nil
}

// passThrough requests each segment once, so nothing is cached.
func passThrough(ctx context.Context, b *bench) error {
	first := b.take(1)
	those := []*contender{b.origin, b.buffered, b.plain, b.gridwall}
	for _, c := range those {
		if err := b.check(c, first); err != nil {
			return err
		}
	}
	for _, c := range those { // using memory for the first time is expensive
		from := b.take(warming)
		if _, err := load(ctx, c, warming, func(i int) string { return c.path(from + i) }); err != nil {
			return err
		}
	}
	rounds, err := b.alternate(ctx, those, func(c *contender) func(int) string {
		from := b.take(b.requests)
		return func(i int) string { return c.path(from + i) }
	})
	if err != nil {
		return err
	}
	fmt.Printf("Pass-through: %d segments per round, each requested once; median of %d alternating rounds.\n\n", b.requests, b.rounds)
	b.table(rounds, b.buffered)
	return nil
}

// take returns the first of n segments that were not requested yet. At the end of the playlist it starts over, with segments that are no
// longer in any cache.
func (b *bench) take(n int) int {
	if b.next+n > listed {
		b.next = 0
	}
	first := b.next
	b.next += n
	return first
}

// check reads the segments of a fan-out, which puts them into the cache, and compares them with the origin's files.
func (b *bench) check(c *contender, first int) error {
	conn, err := dial(c.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	for i := range files {
		n := first + i
		want, err := os.ReadFile(filepath.Join(b.dir, "media", fmt.Sprintf("%d.ts", n%10)))
		if err != nil {
			return err
		}
		got, err := conn.read(c.path(n))
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%s: segment %d differs from the origin's", c.name, n)
		}
	}
	return nil
}

// alternate measures the contenders in alternating rounds, and returns the results of each.
func (b *bench) alternate(ctx context.Context, those []*contender, path func(*contender) func(int) string) (map[*contender][]measured, error) {
	rounds := map[*contender][]measured{}
	for i := range b.rounds {
		for k := range those {
			c := those[(k+i)%len(those)] // so that not always the same one is first
			m, err := load(ctx, c, b.requests, path(c))
			if err != nil {
				return nil, err
			}
			rounds[c] = append(rounds[c], m)
		}
	}
	return rounds, nil
}

// table prints the medians, and the ratios to those of against.
func (b *bench) table(rounds map[*contender][]measured, against *contender) {
	fmt.Printf("| | CPU s per GB | vs %s | GB/s | vs %s |\n|---|---|---|---|---|\n", against.name, against.name)
	for _, c := range b.all() {
		ms := rounds[c]
		if ms == nil {
			continue
		}
		var costs, speeds, cheaper, faster []float64
		for i, m := range ms {
			costs, speeds = append(costs, m.perGB()), append(speeds, m.speed())
			cheaper = append(cheaper, m.perGB()/rounds[against][i].perGB())
			faster = append(faster, m.speed()/rounds[against][i].speed())
		}
		cells := []string{c.name, fmt.Sprintf("%.3f", median(costs)), fmt.Sprintf("%.2f", median(cheaper)),
			fmt.Sprintf("%.2f", median(speeds)), fmt.Sprintf("%.2f", median(faster))}
		if c == b.gridwall {
			for i := range cells {
				cells[i] = "**" + cells[i] + "**"
			}
		}
		fmt.Println("| " + strings.Join(cells, " | ") + " |")
	}
	fmt.Println()
}

func median(of []float64) float64 {
	s := slices.Sorted(slices.Values(of))
	n := len(s)
	if n == 0 {
		return 0
	}
	return (s[(n-1)/2] + s[n/2]) / 2
}
