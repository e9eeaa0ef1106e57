package codedfeed

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// feed is a feed as it is served, with the faults that were switched on.
type feed struct {
	began     time.Time
	programme *programme
	first     int

	mu      sync.Mutex
	latency time.Duration
	// stalled is until when no new segments are listed, stalledAt how many were listed when that began.
	stalled   time.Time
	stalledAt int
	dates     []dating
}

// dating is a rule for the dates of all segments from one on, until the next rule.
type dating struct {
	from      int
	shift     time.Duration
	none      bool
	backwards bool
}

// change switches a fault on or off.
func (f *feed) change(name, value string, all bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	listed := f.listed(time.Now())
	switch name {
	case "all":
		return nil
	case "stall":
		d, err := time.ParseDuration(value)
		if err != nil {
			return err
		}
		f.stalledAt, f.stalled = listed, time.Now().Add(d)
		return nil
	case "latency":
		d, err := time.ParseDuration(value)
		if err == nil {
			f.latency = d
		}
		return err
	case "date":
		rule := dating{from: listed, none: value == "none", backwards: value == "backwards"}
		if !rule.none && !rule.backwards {
			d, err := time.ParseDuration(value)
			if err != nil {
				return err
			}
			rule.shift = d
		}
		if all {
			rule.from, f.dates = 0, nil
		}
		f.dates = append(f.dates, rule)
		return nil
	}
	return fmt.Errorf("unknown switch %q; there are stall, date, latency", name)
}

// listed returns how many of the programme's segments are listed.
func (f *feed) listed(now time.Time) int {
	if now.Before(f.stalled) {
		return f.stalledAt
	}
	return int(now.Sub(f.began.Add(f.latency)) / SegmentTime)
}

// date returns the PROGRAM-DATE-TIME of a segment.
func (f *feed) date(n int) (date time.Time, ok bool) {
	date = f.began.Add(time.Duration(n) * SegmentTime)
	for i := len(f.dates) - 1; i >= 0; i-- {
		rule := f.dates[i]
		switch {
		case rule.from > n:
			continue
		case rule.none:
			return date, false
		case rule.backwards:
			return f.began.Add(time.Duration(2*rule.from-n) * SegmentTime), true
		}
		return date.Add(rule.shift), true
	}
	return date, true
}

// playlist returns the media playlist. The addresses of the segments have the token.
func (f *feed) playlist(now time.Time, token string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	end := f.listed(now)
	start := max(0, end-int(window/SegmentTime))
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:%d\n", int(SegmentTime.Seconds()), f.first+start)
	for n := start; n < end; n++ {
		if date, ok := f.date(n); ok {
			fmt.Fprintf(&b, "#EXT-X-PROGRAM-DATE-TIME:%s\n", date.UTC().Format("2006-01-02T15:04:05.000Z"))
		}
		fmt.Fprintf(&b, "#EXTINF:%.3f,\n%d.ts?hdnts=%s\n", SegmentTime.Seconds(), f.first+n, token)
	}
	return b.String()
}
