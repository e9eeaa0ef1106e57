package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// asking is how long a contender is measured in a round.
	asking = 2 * time.Second
	// probing is how many segments are requested to measure the maximum throughput of Gridwall.
	probing = 512
)

// firstByte measures how much later the first byte of an uncached segment arrives than from the origin, at half the maximum throughput of
// Gridwall.
func firstByte(ctx context.Context, b *bench) error {
	if err := b.check(b.gridwall, b.take(files)); err != nil {
		return err
	}
	from := b.take(probing)
	m, err := load(ctx, b.gridwall, probing, func(i int) string { return b.gridwall.path(from + i) })
	if err != nil {
		return err
	}
	perSecond := m.speed() / 2 * 1e9 / segmentSize
	those := []*contender{b.origin, b.buffered, b.plain, b.gridwall}
	typical, worst := map[*contender][]float64{}, map[*contender][]float64{} // p50 and p99 in ms, relative to the origin's
	for range b.rounds {
		var direct []float64
		for k := range those {
			c := those[k]
			waits, err := b.firstBytes(ctx, c, perSecond)
			if err != nil {
				return err
			}
			if c == b.origin {
				direct = waits
				typical[c], worst[c] = append(typical[c], share(waits, 0.5)), append(worst[c], share(waits, 0.99))
				continue
			}
			typical[c] = append(typical[c], share(waits, 0.5)-share(direct, 0.5))
			worst[c] = append(worst[c], share(waits, 0.99)-share(direct, 0.99))
		}
		slices.Reverse(those[1:]) // so that not always the same one follows the origin
	}
	fmt.Printf("First byte of an uncached segment, at %.0f segments per second (%.2f GB/s, half of Gridwall's maximum); median of %d alternating rounds.\n\n",
		perSecond, m.speed()/2, b.rounds)
	fmt.Printf("| | p50 | p99 |\n|---|---|---|\n| origin, direct | %.2f ms | %.2f ms |\n", median(typical[b.origin]), median(worst[b.origin]))
	for _, c := range []*contender{b.buffered, b.plain, b.gridwall} {
		mark := ""
		if c == b.gridwall {
			mark = "**"
		}
		fmt.Printf("| %sadded by %s%s | %s%.2f ms%s | %s%.2f ms%s |\n", mark, c.name, mark, mark, median(typical[c]), mark, mark, median(worst[c]), mark)
	}
	fmt.Println()
	return nil
}

// firstBytes requests segments at a constant rate, whether or not earlier ones have arrived, and returns how long each first byte took, in
// milliseconds, sorted.
func (b *bench) firstBytes(ctx context.Context, c *contender, perSecond float64) ([]float64, error) {
	n := int(perSecond * asking.Seconds())
	from := b.take(n)
	idle := make(chan *conn, n)
	defer func() {
		for len(idle) > 0 {
			_ = (<-idle).Close()
		}
	}()
	for range connections {
		c, err := dial(c.address)
		if err != nil {
			return nil, err
		}
		idle <- c
	}
	waits, errs := make([]float64, n), make([]error, n)
	var wg sync.WaitGroup
	for i, began := 0, time.Now(); i < n && ctx.Err() == nil; i++ {
		time.Sleep(time.Until(began.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))))
		wg.Go(func() {
			var k *conn
			select {
			case k = <-idle:
			default:
				if k, errs[i] = dial(c.address); errs[i] != nil {
					return
				}
			}
			asked := time.Now()
			length, err := k.ask(c.path(from + i))
			waits[i] = float64(time.Since(asked)) / float64(time.Millisecond)
			if err == nil {
				err = discard(k.Conn, length-int64(len(k.rest)))
			}
			if errs[i] = err; err != nil {
				_ = k.Close()
				return
			}
			idle <- k
		})
	}
	wg.Wait()
	slices.Sort(waits)
	return waits, errors.Join(append(errs, ctx.Err())...)
}

// share returns a quantile of sorted values: share(x, 0.99) is the p99.
func share(sorted []float64, of float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(of*float64(len(sorted))))]
}
