package splice

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"gridwall/backend/hls"
	"gridwall/backend/timeline"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// list returns n listed segments of length d, the first with the number msn and the date at.
func list(msn int64, n int, d time.Duration, at time.Time) (out []timeline.Entry) {
	for i := range n {
		e := timeline.Entry{MSN: msn + int64(i), Duration: d, Listed: true, SegmentText: hls.SegmentText{Lines: "#EXTINF:2,\nx.ts\n"}}
		if !at.IsZero() {
			e.PDT = at.Add(time.Duration(i) * d)
		}
		out = append(out, e)
	}
	return out
}

func TestTheFirstSegmentOfASpareIsTheOneAtTheSameTime(t *testing.T) {
	const d = 2 * time.Second
	edge := timeline.Edge{MSN: 9, End: noon, At: noon.Add(time.Second)}
	now := noon.Add(3 * time.Second) // two seconds after the newest segment was seen
	for name, tc := range map[string]struct {
		list []timeline.Entry
		k    int
		how  How
	}{
		"in the middle":                         {list(0, 6, d, noon.Add(-3*d)), 3, ByDate},
		"half a segment before":                 {list(0, 6, d, noon.Add(-3*d-d/2)), 3, ByDate},
		"less than half after":                  {list(0, 6, d, noon.Add(-3*d+d/2-1)), 3, ByDate},
		"not listed yet":                        {list(0, 3, d, noon.Add(-3*d)), 0, NotYet},
		"a segment behind":                      {list(0, 3, d, noon.Add(-4*d)), 0, NotYet},
		"too far behind to wait for":            {list(0, 3, d, noon.Add(-8*d)), 2, AtEdge},
		"ahead, but only a little":              {list(0, 6, d, noon.Add(2*d)), 0, ByDate},
		"its window has left the time":          {list(0, 6, d, noon.Add(10*d)), 5, AtEdge},
		"without dates":                         {list(0, 6, d, time.Time{}), 5, AtEdge},
		"as much as was published since":        {list(0, 6, time.Second, time.Time{}), 4, AtEdge},
		"never more than players have buffered": {list(0, 90, 100*time.Millisecond, time.Time{}), 87, AtEdge},
		"hours off":                             {list(0, 6, d, noon.Add(3*time.Hour)), 5, AtEdge},
	} {
		k, how := next(tc.list, edge, d, now)
		assert.Equal(t, tc.how, how, name)
		if how != NotYet {
			assert.Equal(t, tc.k, k, name)
		}
	}
}

func TestNamesAndNumbersOfASpareAreMappedBothWays(t *testing.T) {
	l := New("own", "main", timeline.Edge{MSN: 99, Discontinuity: 4, End: noon}, true)
	l.Continue("spare", "720p", 1)
	require.Equal(t, ByDate, l.Start(list(7, 6, 2*time.Second, noon.Add(-4*time.Second)), 2*time.Second, noon))
	s := l.Last()
	assert.Equal(t, int64(100), s.Start)
	assert.Equal(t, int64(5), s.Discontinuity)
	for own, served := range map[string]string{"9.ts": "100.ts", "11.m4s": "102.m4s", "key-10": "key-101", "key-3": "key-100", "key-3-2": "key-100-2", "init-1.mp4": "init-100.mp4", "init-12.mp4": "init-103.mp4"} {
		assert.Equal(t, served, s.served(own))
		if own[0] < '0' || own[0] > '9' {
			span, back, ok := l.Named(served)
			require.True(t, ok)
			assert.Equal(t, own, back)
			assert.Equal(t, "spare", span.Stream)
		}
	}
	span, own, ok := l.Segment(101)
	assert.True(t, ok)
	assert.Equal(t, "spare", span.Stream)
	assert.Equal(t, int64(10), own)
	span, own, ok = l.Segment(99)
	assert.True(t, ok)
	assert.Equal(t, "own", span.Stream)
	assert.Equal(t, int64(99), own)
	span, name, ok := l.Named("init-40.mp4")
	assert.True(t, ok)
	assert.Equal(t, "own", span.Stream)
	assert.Equal(t, "init-40.mp4", name)
	for _, bad := range []string{"", "key-", "init-x.mp4", "key-99999999999999999999"} {
		_, _, ok = l.Named(bad)
		assert.False(t, ok, bad)
	}
	assert.True(t, l.Valid())
	assert.Equal(t, l, l.Clone())
	l.Spans[0].Start = 1 << 62
	assert.False(t, l.Valid(), "a record with impossible numbers")
}

func TestTheWindowSlidesFromOneStreamToTheNext(t *testing.T) {
	l := New("own", "main", timeline.Edge{MSN: 5, End: noon}, true)
	own := Part{Entries: list(0, 6, 2*time.Second, noon.Add(-12*time.Second)), Target: 2 * time.Second}
	l.Continue("spare", "main", 1)
	spare := Part{Target: 4 * time.Second}
	of := func(s *Span) Part {
		if s.Stream == "own" {
			return own
		}
		return spare
	}
	w := l.Window(of)
	assert.Len(t, w.Entries, 6, "until the spare's first segment is known, the playlist stays")
	spare.Entries = list(50, 1, 4*time.Second, noon)
	for i := range 6 {
		spare.Entries = list(50, i+1, 4*time.Second, noon)
		l.Start(spare.Entries, 4*time.Second, noon)
		w = l.Window(of)
		l.Advance(w, noon)
		text := string(l.Text(w, timeline.Addressing{}))
		assert.Contains(t, text, "#EXT-X-TARGETDURATION:4\n", "it grows for longer segments")
		switch {
		case i < 2:
			assert.Equal(t, 1, strings.Count(text, "#EXT-X-DISCONTINUITY\n"), text)
			assert.NotContains(t, text, "DISCONTINUITY-SEQUENCE")
		case i > 3:
			assert.Zero(t, strings.Count(text, "#EXT-X-DISCONTINUITY\n"), text)
			assert.Contains(t, text, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n", "it has left the window")
		}
		assert.Equal(t, int64(6+i), w.Entries[len(w.Entries)-1].MSN)
	}
	l.Continue("own", "main", 1)
	own.Entries = list(17, 3, 2*time.Second, noon.Add(24*time.Second))
	assert.Equal(t, ByDate, l.Start(own.Entries, 2*time.Second, noon))
	w = l.Window(of)
	text := string(l.Text(w, timeline.Addressing{}))
	assert.Contains(t, text, "#EXT-X-TARGETDURATION:4\n", "it never shrinks")
	assert.Equal(t, int64(14), w.Entries[len(w.Entries)-1].MSN)
}

// A low-latency playlist has its parts and hints again as soon as it lists nothing from before the switch.
func TestAPlaylistIsServedWholeOnceItHasPassedTheSwitch(t *testing.T) {
	l := New("own", "main", timeline.Edge{MSN: 5, End: noon}, true)
	l.Continue("spare", "main", 1)
	own := Part{Entries: list(0, 6, 2*time.Second, noon.Add(-12*time.Second)), Target: 2 * time.Second}
	spare := Part{Entries: list(48, 6, 2*time.Second, noon.Add(-4*time.Second)), Target: 2 * time.Second, Folder: "../spare/"}
	require.Equal(t, ByDate, l.Start(spare.Entries, 2*time.Second, noon))
	window := func() Window {
		return l.Window(func(s *Span) Part {
			if s.Stream == "own" {
				return own
			}
			return spare
		})
	}
	for i := range own.Entries { // the time-shift buffer has them
		own.Entries[i].Retained = true
	}
	_, ok := l.Whole(window(), spare, 48)
	assert.False(t, ok, "its first two segments are not part of the served playlist")
	spare.Entries = list(50, 6, 2*time.Second, noon)
	f, ok := l.Whole(window(), spare, 50)
	require.True(t, ok)
	assert.Equal(t, int64(6-50), f.MSN)
	assert.Equal(t, int64(1), f.Discontinuity)
	assert.Equal(t, "../spare/", f.Folder)
	assert.Equal(t, "7.2.m4s", f.Name("51.2.m4s"))
	require.Len(t, f.Before, 6)
	assert.Equal(t, int64(5), f.Before[5].MSN)

	spare.Target = time.Second
	_, ok = l.Whole(window(), spare, 50)
	assert.False(t, ok, "the target duration must not shrink")
}

// The target duration never shrinks: an absurd one would stay after the line is fed by its own stream again.
func TestASpareWithAnAbsurdTargetDurationDoesNotSlowPlayersDownForever(t *testing.T) {
	for name, spare := range map[string]Part{
		"declared":  {Entries: list(50, 3, 2*time.Second, noon), Target: 999_999_999 * time.Second},
		"a segment": {Entries: list(50, 1, 999_999_999*time.Second, noon), Target: 2 * time.Second},
		"in ms":     {Entries: list(50, 3, 2*time.Second, noon), Target: 2000 * time.Second},
		"plausible": {Entries: list(50, 3, 2*time.Second, noon), Target: 4 * time.Second},
	} {
		l := New("own", "main", timeline.Edge{MSN: 5, End: noon}, true)
		own := Part{Entries: list(0, 6, 2*time.Second, noon.Add(-12*time.Second)), Target: 2 * time.Second}
		l.Continue("spare", "main", 1)
		l.Start(spare.Entries, spare.Target, noon)
		w := l.Window(func(s *Span) Part {
			if s.Stream == "own" {
				return own
			}
			return spare
		})
		require.NotEmpty(t, w.Entries, name)
		assert.LessOrEqual(t, l.Target, int64(maxTarget), name)
	}
	l := Line{Target: 999_999_999, Spans: []Span{{Stream: "own", Rendition: "main"}}, Edge: timeline.Edge{MSN: 5}}
	l.Window(func(*Span) Part { return Part{Entries: list(0, 6, 2*time.Second, noon), Target: 2 * time.Second} })
	assert.Equal(t, int64(maxTarget), l.Target, "a record of an earlier version is bounded too")
}
