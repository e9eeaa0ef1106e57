package splice

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/numbering"
	"gridwall/backend/timeline"
)

// maxSpans bounds the spans of a line; the oldest are dropped. Their segments have left the window long before.
const maxSpans = 16

// Span is a run of served segments that one stream feeds.
type Span struct {
	// Stream feeds it, with this rendition.
	Stream    string `json:"stream"`
	Rendition string `json:"rendition"`
	// Start is the served number of its first segment, Shift what is added to the stream's own numbers.
	Start int64 `json:"start"`
	Shift int64 `json:"shift,omitempty"`
	// Discontinuity is added to the stream's own discontinuity sequence numbers.
	Discontinuity int64 `json:"discontinuity,omitempty"`
	// Switch is the number of the switch with which it began: 0 before the first one.
	Switch int `json:"switch,omitempty"`
	// Waiting is true until its first segment is known; Shift and Discontinuity have no meaning before.
	Waiting bool `json:"waiting,omitempty"`
	// Names has the stream's own names of the keys and init sections that were in force before its first segment, by the names under
	// which they are served.
	Names map[string]string `json:"names,omitempty"`
}

// Line is a rendition that is served from several streams.
type Line struct {
	Spans []Span `json:"spans"`
	// Target is the greatest target duration served so far, in seconds: it never shrinks (RFC 8216bis 4.4.3.1).
	Target int64 `json:"target,omitempty"`
	// Floor is the number of the first segment that was listed last: none before it is listed again (6.2.2).
	Floor int64 `json:"floor,omitempty"`
	// Edge is the newest served segment.
	Edge timeline.Edge `json:"edge"`
}

// New returns the line of a rendition that was served under the stream's own numbers up to edge; ok is false if it was not served
// yet.
func New(stream, rendition string, edge timeline.Edge, ok bool) *Line {
	l := &Line{Edge: edge, Spans: []Span{{Stream: stream, Rendition: rendition}}}
	if !ok {
		l.Edge.MSN, l.Spans = -1, nil
	}
	return l
}

// Valid reports whether counting can continue from a line that was read from a record.
func (l *Line) Valid() bool {
	if len(l.Spans) == 0 || len(l.Spans) > maxSpans || l.Target < 0 || !numbering.InBounds(l.Floor, l.Edge.MSN, l.Edge.Discontinuity) {
		return false
	}
	for i, s := range l.Spans {
		if !numbering.InBounds(s.Start, s.Shift, s.Discontinuity) || i > 0 && s.Start < l.Spans[i-1].Start || s.Stream == "" || s.Rendition == "" {
			return false
		}
	}
	return true
}

// Clone returns a copy that shares nothing with l, for a record.
func (l *Line) Clone() *Line {
	c := *l
	c.Spans = slices.Clone(l.Spans)
	for i, s := range c.Spans {
		c.Spans[i].Names = nil
		for k, v := range s.Names {
			c.Spans[i].name(k, v)
		}
	}
	return &c
}

// Last returns the span that is served now; nil if there is none.
func (l *Line) Last() *Span {
	if len(l.Spans) == 0 {
		return nil
	}
	return &l.Spans[len(l.Spans)-1]
}

// Continue adds the span that begins with a switch, for another stream or the same, after the newest served segment. Its first segment is
// found by Start.
func (l *Line) Continue(stream, rendition string, number int) {
	if s := l.Last(); s != nil && s.Waiting { // nothing of it was served
		l.Spans = l.Spans[:len(l.Spans)-1]
	}
	l.add(Span{Stream: stream, Rendition: rendition, Switch: number, Start: l.Edge.MSN + 1, Waiting: true})
}

func (l *Line) add(s Span) {
	l.Spans = append(l.Spans, s)
	if n := len(l.Spans) - maxSpans; n > 0 {
		l.Spans = slices.Delete(l.Spans, 0, n)
	}
}

// Join goes on as another line, whose segments have the same numbers: of the stream own its rendition is called rendition, of the stream
// that feeds it, feeding. What it missed of other streams is left out. It reports whether it could: the newest span of the other line must
// begin after what was served.
func (l *Line) Join(other *Line, own, rendition, feeding string) bool {
	if other.Last().Start <= l.Edge.MSN {
		return false
	}
	if last := l.Last(); last != nil && last.Waiting {
		l.Spans = l.Spans[:len(l.Spans)-1]
	}
	theirs := other.Clone().Spans
	fed := theirs[len(theirs)-1]
	from := len(theirs) - 1
	if last := l.Last(); last == nil || last.Switch < fed.Switch-1 {
		l.Spans = nil
		for from > 0 && (theirs[from-1].Stream == own || theirs[from-1].Stream == fed.Stream) {
			from--
		}
	}
	for _, s := range theirs[from:] {
		s.Names = nil
		if s.Rendition = feeding; s.Stream == own {
			s.Rendition = rendition
		}
		l.add(s)
	}
	l.Target = max(l.Target, other.Target)
	return true
}

// mostMissed bounds how many discontinuities a line has missed.
const mostMissed = 1000

// Align gives the newest span, of which nothing was served yet, the discontinuity sequence numbers of another line.
func (l *Line) Align(other *Line) {
	s := l.Last()
	if missed := other.Last().Discontinuity - s.Discontinuity; missed > 0 && missed <= mostMissed {
		s.Discontinuity += missed
	}
}

// Segment returns the span that has the served number and the number in the span's own stream; ok is false if none has it.
func (l *Line) Segment(msn int64) (s *Span, own int64, ok bool) {
	s = l.spanOf(msn)
	if s == nil || s.Waiting {
		return nil, 0, false
	}
	return s, msn - s.Shift, true
}

// Named returns the span that a served name of a key or an init section belongs to, and its name in the span's own stream.
func (l *Line) Named(name string) (s *Span, own string, ok bool) {
	prefix, n, rest, ok := parse(name)
	if !ok {
		return nil, "", false
	}
	s = l.spanOf(n)
	if s == nil || s.Waiting {
		return nil, "", false
	}
	if own, ok = s.Names[name]; ok {
		return s, own, true
	}
	return s, prefix + strconv.FormatInt(n-s.Shift, 10) + rest, true
}

func (l *Line) spanOf(msn int64) *Span {
	for i := len(l.Spans) - 1; i >= 0; i-- {
		if l.Spans[i].Start <= msn {
			return &l.Spans[i]
		}
	}
	return nil
}

// served returns the name under which something of the span is served: a segment, a key or an init section.
func (s *Span) served(own string) string {
	prefix, n, rest, ok := parse(own)
	if !ok {
		return own
	}
	n += s.Shift
	if prefix != "" && n < s.Start { // in force before the span began
		name := prefix + strconv.FormatInt(s.Start, 10) + rest
		s.name(name, own)
		return name
	}
	return prefix + strconv.FormatInt(n, 10) + rest
}

func (s *Span) name(served, own string) {
	if s.Names == nil {
		s.Names = map[string]string{}
	}
	s.Names[served] = own
}

// parse splits the last element of an address into "", "key-" or "init-", its number, and the rest.
func parse(name string) (prefix string, n int64, rest string, ok bool) {
	for _, p := range [...]string{"key-", "init-"} {
		if after, found := strings.CutPrefix(name, p); found {
			prefix, name = p, after
			break
		}
	}
	i := 0
	for i < len(name) && name[i] >= '0' && name[i] <= '9' {
		i++
	}
	n, err := strconv.ParseInt(name[:i], 10, 64)
	return prefix, n, name[i:], err == nil
}

// typical returns the mean duration of segments, never 0.
func typical(list []timeline.Entry) time.Duration {
	var sum time.Duration
	for i := range list {
		sum += list[i].Duration
	}
	if len(list) == 0 || sum <= 0 {
		return time.Second
	}
	return max(sum/time.Duration(len(list)), time.Millisecond)
}

// Continued reports whether the newest span continues another one.
func (l *Line) Continued() bool { return len(l.Spans) > 1 }
