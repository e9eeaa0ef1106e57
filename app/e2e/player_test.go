package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// slack is how late a player's packets may arrive, on a loaded machine with two cores that runs dozens of processes at
	// once.
	slack = 2 * time.Second
	// gapTolerance is the largest gap between two packets that counts as rounding: less than the duration of any packet.
	gapTolerance = 15 * time.Millisecond
	// behind is how many segments behind the newest one ffmpeg and mpv begin: it comes at once, and is played at the
	// end while nothing more is fetched.
	behind = 3
	// shownLines is how many of a player's lines a failure shows: one fault of ours can make it complain of each packet.
	shownLines = 6
)

// harmless are players' log lines that are not caused by what was served.
var harmless = []*regexp.Regexp{
	// The demuxer looks at the first packets before it knows all: said of any stream that begins in the middle.
	regexp.MustCompile(`start time for stream \d+ is not set in estimate_timings_from_pts`),
	// mpv's null audio device runs by the clock, and says so where a loaded machine decodes a moment too late. Whether
	// mpv stood still is seen from its playback time.
	regexp.MustCompile(`Audio device underrun detected`),
	// After each reload of a playlist ffmpeg 5.1 reads the init section of fragmented MP4 again, from any server.
	regexp.MustCompile(`Found duplicated MOOV Atom\. Skipped it`),
	// ffmpeg 5.1 reads no subtitles from HLS, from any server.
	regexp.MustCompile(`hls: Can't support the subtitle`),
}

// complaints returns the lines that are not harmless.
func complaints(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(harmless, func(h *regexp.Regexp) bool { return h.MatchString(line) })
	})
}

// packet is one line of ffmpeg's framecrc muxer.
type packet struct {
	stream       int
	dts          int64 // in the stream's time base
	begins, ends time.Duration
	crc          string // with the packet's size
	at           time.Time
}

// parser reads what the framecrc muxer writes.
type parser struct {
	ticks map[int]float64 // a tick of each stream, in seconds
	step  map[int]int64   // the last DTS step of each stream, for packets without a duration
	last  map[int]int64
}

func newParser() *parser {
	return &parser{ticks: map[int]float64{}, step: map[int]int64{}, last: map[int]int64{}}
}

// line reads one line; ok is false for one of the header.
func (p *parser) line(line string) (pk packet, ok bool, err error) {
	if rest, is := strings.CutPrefix(line, "#tb "); is {
		var stream, num, den int
		if _, err := fmt.Sscanf(rest, "%d: %d/%d", &stream, &num, &den); err != nil {
			return pk, false, fmt.Errorf("%q: %w", line, err)
		}
		p.ticks[stream] = float64(num) / float64(den)
		return pk, false, nil
	}
	if line == "" || line[0] == '#' {
		return pk, false, nil
	}
	// stream, dts, pts, duration, size, CRC, and more for side data
	f := strings.Split(line, ",")
	if len(f) < 6 {
		return pk, false, fmt.Errorf("ffmpeg wrote %q", line)
	}
	var n [4]int64
	for i := range n {
		if n[i], err = strconv.ParseInt(strings.TrimSpace(f[i]), 10, 64); err != nil {
			return pk, false, fmt.Errorf("ffmpeg wrote %q: %w", line, err)
		}
	}
	stream, dts, duration := int(n[0]), n[1], n[3]
	if last, seen := p.last[stream]; seen && duration <= 0 {
		duration = p.step[stream]
		p.step[stream] = dts - last
	}
	p.last[stream] = dts
	tick := p.ticks[stream]
	return packet{
		stream: stream, dts: dts, begins: seconds(float64(dts) * tick), ends: seconds(float64(dts+duration) * tick),
		crc: strings.TrimSpace(f[4]) + strings.TrimSpace(f[5]),
	}, true, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// report holds what a viewer would have noticed.
type report struct {
	name    string
	packets []packet
	lines   []string
	// first is the time from the player's start to its first packet.
	first time.Duration
	// silence is the longest time without a packet; it ended at silenceAt of the playing time.
	silence, silenceAt time.Duration
	// late is how much longer than the media lasts it took to come: for so long, all in all, a player would have
	// stood still that shows the first packet at once. Where it is negative, so much was in the buffer at least.
	late    time.Duration
	streams []streamReport
}

type streamReport struct {
	played    time.Duration
	gap       time.Duration // the greatest
	gaps      int
	backwards int // packets that do not go on in time
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: first packet after %s, longest silence %s (at %s), late %s, %d lines", r.name,
		r.first.Round(time.Millisecond), r.silence.Round(time.Millisecond), r.silenceAt.Round(time.Second), r.late.Round(time.Millisecond), len(r.lines))
	for i, s := range r.streams {
		fmt.Fprintf(&b, "; stream %d: %.1f s, greatest gap %s (%d), %d backwards", i, s.played.Seconds(), s.gap.Round(time.Millisecond), s.gaps, s.backwards)
	}
	return b.String()
}

// playing returns ffmpeg's arguments for playing media of that length; 0: to the end. Timestamps stay as they are
// (-copyts), because ffmpeg would close a gap by itself; packets are written as they come.
func playing(url string, length time.Duration) []string {
	args := []string{"-nostdin", "-hide_banner", "-loglevel", "repeat+warning", "-copyts"}
	if length > 0 {
		args = append(args, "-t", fmt.Sprint(length.Seconds()))
	}
	return append(args, "-i", url, "-map", "0", "-c", "copy", "-flush_packets", "1", "-f", "framecrc", "-")
}

// play plays url with ffmpeg until media of that length has come, or for as long and patience beyond it.
func play(t testing.TB, name, url string, length time.Duration) *report {
	t.Helper()
	return collect(t, name, url, length)()
}

// collect starts to play. The returned function waits for the end.
func collect(t testing.TB, name, url string, length time.Duration) func() *report {
	t.Helper()
	parse := newParser()
	var mu sync.Mutex
	var packets []packet
	var broken error
	start := time.Now()
	p := run(t, func(line string, at time.Time) {
		mu.Lock()
		defer mu.Unlock()
		pk, ok, err := parse.line(line)
		switch {
		case err != nil:
			broken = err
		case ok:
			pk.at = at
			packets = append(packets, pk)
		}
	}, "ffmpeg", playing(url, length)...)
	return func() *report {
		t.Helper()
		select {
		case <-p.ended:
		case <-time.After(time.Until(start.Add(length + patience))):
			p.kill()
		}
		mu.Lock()
		defer mu.Unlock()
		if broken != nil {
			t.Fatal(broken)
		}
		r := &report{name: name, packets: packets}
		r.lines = complaints(p.stderr())
		r.measure(start, p.end, length)
		return r
	}
}

// measure evaluates the packets. A player that gave up has been silent until the end.
func (r *report) measure(start, end time.Time, length time.Duration) {
	if len(r.packets) == 0 {
		r.first, r.silence = end.Sub(start), end.Sub(start)
		return
	}
	head := r.packets[0]
	r.first = head.at.Sub(start)
	r.late = -length
	last := head.at
	ends := map[int]time.Duration{}
	begins := map[int]time.Duration{}
	for _, p := range r.packets {
		if d := p.at.Sub(last); d > r.silence {
			r.silence, r.silenceAt = d, p.at.Sub(head.at)
		}
		last = p.at
		for p.stream >= len(r.streams) {
			r.streams = append(r.streams, streamReport{})
		}
		s := &r.streams[p.stream]
		if from, seen := begins[p.stream]; !seen {
			begins[p.stream] = p.begins
		} else {
			r.late = max(r.late, p.at.Sub(head.at)-(p.begins-from))
			hole := p.begins - ends[p.stream]
			if hole > gapTolerance {
				s.gaps++
			}
			if hole < -gapTolerance {
				s.backwards++
			}
			s.gap = max(s.gap, hole)
		}
		ends[p.stream] = p.ends
		s.played = ends[p.stream] - begins[p.stream]
	}
	if d := end.Sub(last); d > r.silence {
		r.silence, r.silenceAt = d, end.Sub(head.at)
	}
}

// judge fails the test for anything that a viewer of media of that length, in segments of that duration, would have noticed.
func (r *report) judge(t testing.TB, length, segment time.Duration) {
	t.Helper()
	t.Log(r)
	for _, f := range r.faults(length, segment) {
		t.Errorf("%s: %s", r.name, f)
	}
}

func (r *report) faults(length, segment time.Duration) (out []string) {
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for i, line := range r.lines {
		if i == shownLines {
			fault("the player says %d lines more", len(r.lines)-i)
			break
		}
		fault("the player says: %s", line)
	}
	// A player asks again after a segment's time, and once more after half of it.
	if limit := segment + segment/2 + slack; r.silence > limit {
		fault("nothing came for %s (limit %s), up to %s", r.silence, limit, r.silenceAt)
	}
	if r.late > segment {
		fault("a viewer would have stood still for %s, more than a segment", r.late)
	}
	if len(r.streams) == 0 {
		fault("nothing was played")
	}
	for i, s := range r.streams {
		if s.played < length-segment {
			fault("%s of stream %d were played, not %s", s.played, i, length)
		}
		if s.gaps > 0 {
			fault("stream %d has %d gaps, the greatest of %s", i, s.gaps, s.gap)
		}
		if s.backwards > 0 {
			fault("stream %d goes backwards %d times", i, s.backwards)
		}
	}
	return out
}
