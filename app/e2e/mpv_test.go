package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// mpvReport is what a viewer of mpv would have noticed.
type mpvReport struct {
	name              string
	lines             []string
	first             time.Duration // from the start to the first picture that moved
	played            float64       // seconds by which the playback time grew
	still             time.Duration // the longest time for which it did not grow
	stillAt           time.Duration
	backwards, buffer int // how often it jumped back, and how often mpv paused to fill its cache
}

// playMPV starts to play url in mpv. The returned function waits until mpv has played for the duration.
func playMPV(t testing.TB, name, url string, duration time.Duration) func() *mpvReport {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "mpv")
	var mu sync.Mutex
	r := &mpvReport{name: name}
	start := time.Now()
	p := run(t, func(line string, _ time.Time) {
		mu.Lock()
		defer mu.Unlock()
		r.lines = append(r.lines, line)
	}, "mpv", "--no-config", "--vo=null", "--ao=null", "--msg-level=all=warn", "--ytdl=no", "--load-scripts=no", "--idle=no",
		"--hls-bitrate=min", "--input-ipc-server="+socket, url)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for deadline := start.Add(patience); p.running() && time.Now().Before(deadline); {
			if conn, err := net.Dial("unix", socket); err == nil {
				r.watch(conn, start, duration)
				// mpv warns of a client that leaves while it writes an event, so this one stays until mpv ends.
				go func() {
					_ = conn.SetDeadline(time.Time{})
					_, _ = io.Copy(io.Discard, conn)
					_ = conn.Close()
				}()
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() *mpvReport {
		<-watched
		p.stop()
		mu.Lock()
		defer mu.Unlock()
		r.lines = complaints(append(r.lines, p.stderr()...))
		return r
	}
}

// watch follows the playback time for the duration.
func (r *mpvReport) watch(conn net.Conn, start time.Time, duration time.Duration) {
	_ = conn.SetDeadline(start.Add(duration + patience))
	for id, property := range []string{"playback-time", "paused-for-cache"} {
		line, _ := json.Marshal(map[string]any{"command": []any{"observe_property", id + 1, property}})
		if _, err := conn.Write(append(line, '\n')); err != nil {
			return
		}
	}
	var moved time.Time // when the playback time last increased
	var at float64
	note := func(now time.Time) {
		if d := now.Sub(moved); !moved.IsZero() && d > r.still {
			r.still, r.stillAt = d, now.Sub(start)-r.first
		}
	}
	begun := start.Add(duration + patience)
	for s := bufio.NewScanner(conn); s.Scan(); {
		now := time.Now()
		var event struct {
			Event, Name string
			Data        any
		}
		if json.Unmarshal(s.Bytes(), &event) != nil || event.Event != "property-change" {
			continue
		}
		switch v := event.Data.(type) {
		case bool:
			if v && !moved.IsZero() {
				r.buffer++
			}
		case float64:
			switch {
			case moved.IsZero():
				r.first, begun = now.Sub(start), now
				moved, at = now, v
			case v > at:
				note(now)
				r.played += v - at
				moved, at = now, v
			case v < at-gapTolerance.Seconds():
				r.backwards++
				at = v
			}
		}
		if now.After(begun.Add(duration)) {
			return
		}
	}
	note(time.Now()) // mpv has ended
}

// judge fails the test for anything that a viewer would have noticed.
func (r *mpvReport) judge(t testing.TB, duration, segment time.Duration) {
	t.Helper()
	t.Logf("%s: first picture after %s, %.1f s played, stood still for %s at most (at %s), %d pauses for the cache, %d lines",
		r.name, r.first.Round(time.Millisecond), r.played, r.still.Round(time.Millisecond), r.stillAt.Round(time.Second), r.buffer, len(r.lines))
	for _, f := range r.faults(duration, segment) {
		t.Errorf("%s: %s", r.name, f)
	}
}

func (r *mpvReport) faults(duration, segment time.Duration) (out []string) {
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, line := range r.lines {
		fault("mpv says: %s", line)
	}
	if r.still > segment {
		fault("mpv stood still for %s (at %s), more than a segment", r.still, r.stillAt)
	}
	if r.backwards > 0 {
		fault("mpv jumped back %d times", r.backwards)
	}
	if r.played < duration.Seconds()-segment.Seconds() {
		fault("mpv played %.1f s, not %s", r.played, duration)
	}
	return out
}
