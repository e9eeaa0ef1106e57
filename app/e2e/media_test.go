package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"
)

const (
	// segmentTime is the length of each segment of the feeds.
	segmentTime = time.Second
	// feedLength is the length of the feeds: no test plays beyond their end.
	feedLength = 150 * time.Second
)

// media is a feed of real segments, and the packets in them.
type media struct {
	name     string
	segments [][]byte
	streams  map[int][]packet // by stream
}

// makeFeeds makes two feeds that differ in every packet.
func makeFeeds(dir string) (map[string]*media, error) {
	out := map[string]*media{}
	for name, source := range map[string][2]string{
		"world": {"testsrc2=size=320x180:rate=25", "sine=frequency=330"},
		"pit":   {"testsrc=size=320x180:rate=25", "sine=frequency=550"},
	} {
		m, err := makeFeed(filepath.Join(dir, name), source[0], source[1])
		if err != nil {
			return nil, err
		}
		m.name = name
		out[name] = m
	}
	return out, nil
}

func makeFeed(dir, picture, sound string) (*media, error) {
	list := filepath.Join(dir, "index.m3u8")
	if _, err := os.Stat(list); err != nil {
		if err := encodeFeed(dir, list, picture, sound); err != nil {
			return nil, err
		}
	}
	return readFeed(dir, list)
}

func encodeFeed(dir, list, picture, sound string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	_, err := output("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound,
		"-t", fmt.Sprint(feedLength.Seconds()), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
		"-b:v", "200k", "-g", "25", "-keyint_min", "25", "-sc_threshold", "0", "-c:a", "aac", "-b:a", "48k",
		"-f", "hls", "-hls_time", fmt.Sprint(segmentTime.Seconds()), "-hls_list_size", "0",
		"-hls_segment_filename", filepath.Join(dir, "%d.ts"), list)
	return err
}

func readFeed(dir, list string) (*media, error) {
	m := &media{streams: map[int][]packet{}}
	for i := range int(feedLength / segmentTime) {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.ts", i)))
		if err != nil {
			return nil, err
		}
		m.segments = append(m.segments, data)
	}
	text, err := output("ffmpeg", playing(list, 0)...)
	if err != nil {
		return nil, err
	}
	parse := newParser()
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		p, ok, err := parse.line(s.Text())
		if err != nil {
			return nil, err
		}
		if ok {
			m.streams[p.stream] = append(m.streams[p.stream], p)
		}
	}
	if len(m.streams) != 2 || len(m.streams[0]) < int(feedLength.Seconds())*20 {
		return nil, fmt.Errorf("ffmpeg made a feed with %d streams", len(m.streams))
	}
	return m, nil
}

// find returns the index of the packet, or -1 if the feed does not have it. Several audio frames share one timestamp in the
// file, from which the others' are rounded, so they shift by a tick depending on where a player begins.
func (m *media) find(p packet) int {
	const rounding = time.Millisecond
	all := m.streams[p.stream]
	i := sort.Search(len(all), func(i int) bool { return all[i].begins >= p.begins-rounding })
	if i < len(all) && all[i].begins <= p.begins+rounding && all[i].crc == p.crc {
		return i
	}
	return -1
}

// compare fails the test unless the played packets are an unbroken sequence of this feed's packets.
func (m *media) compare(t testing.TB, r *report) {
	t.Helper()
	next := map[int]int{}
	for _, p := range r.packets {
		i := m.find(p)
		if i < 0 {
			t.Errorf("%s: the packet of stream %d at %s is not a packet of %s", r.name, p.stream, p.begins, m.name)
			return
		}
		if want, seen := next[p.stream]; seen && i != want {
			t.Errorf("%s: stream %d goes from packet %d to packet %d of %s", r.name, p.stream, want-1, i, m.name)
			return
		}
		next[p.stream] = i + 1
	}
	if len(next) != len(m.streams) {
		t.Errorf("%s: %d of the %d streams of %s were played", r.name, len(next), len(m.streams), m.name)
	}
}
