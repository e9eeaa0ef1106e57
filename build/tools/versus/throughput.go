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

// warming is how many segments each server delivers before the pass-through is measured: more than fill a cache.
const warming = 256

// fanOut requests the same segments again and again, as many viewers of one feed do.
func fanOut(ctx context.Context, b *bench) error {
	first := b.take(files)
	for _, c := range b.all() {
		if err := b.check(c, first); err != nil {
			return err
		}
	}
	rounds, err := b.rounds1(ctx, b.all(), func(c *contender) func(int) string {
		return func(i int) string { return c.path(first + i%files) }
	})
	if err != nil {
		return err
	}
	fmt.Printf("Fan-out: %d segments that are in the cache, asked for %d times a round; median of %d rounds in turn.\n\n", files, b.requests, b.rounds)
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
	for _, c := range those { // the first use of memory is expensive
		from := b.take(warming)
		if _, err := load(ctx, c, warming, func(i int) string { return c.path(from + i) }); err != nil {
			return err
		}
	}
	rounds, err := b.rounds1(ctx, those, func(c *contender) func(int) string {
		from := b.take(b.requests)
		return func(i int) string { return c.path(from + i) }
	})
	if err != nil {
		return err
	}
	fmt.Printf("Pass-through: %d segments a round, each asked for once; median of %d rounds in turn.\n\n", b.requests, b.rounds)
	b.table(rounds, b.buffered)
	return nil
}

// take returns the first of n segments that were not requested yet. At the end of the playlist it starts again, with segments
// that have long left every cache.
func (b *bench) take(n int) int {
	if b.next+n > listed {
		b.next = 0
	}
	first := b.next
	b.next += n
	return first
}

// check reads the segments of a fan-out, or one, whole, and so puts them into the cache: what is fast must be right.
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
			return fmt.Errorf("%s: segment %d is not what the origin has", c.name, n)
		}
	}
	return nil
}

// rounds1 lets all work in turns.
func (b *bench) rounds1(ctx context.Context, those []*contender, path func(*contender) func(int) string) (map[*contender][]measured, error) {
	rounds := map[*contender][]measured{}
	for i := range b.rounds {
		for k := range those {
			c := those[(k+i)%len(those)] // so that none is always first
			m, err := load(ctx, c, b.requests, path(c))
			if err != nil {
				return nil, err
			}
			rounds[c] = append(rounds[c], m)
		}
	}
	return rounds, nil
}

// table prints the medians, and the ratios to one of them.
func (b *bench) table(rounds map[*contender][]measured, against *contender) {
	fmt.Printf("| | CPU s per GB | of %s's | GB/s | of %s's |\n|---|---|---|---|---|\n", against.name, against.name)
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
