package timeline

import (
	"slices"
	"strings"
	"time"

	"gridwall/backend/hls"
)

// Entry is one segment as written in the player's playlist, with marks in place of the parts that differ between players (see
// Rewrite).
type Entry struct {
	hls.SegmentText
	MSN           int64
	Discontinuity int64
	PDT           time.Time
	Duration      time.Duration
	Gap           bool
	// Implicit is true if the IV of one of its keys is its number, so that the text is valid only under that number.
	Implicit bool
	// Retained is true if it is in the time-shift buffer, Listed if the upstream lists it.
	Retained, Listed bool
}

// Marks in the text of an Entry.
const (
	markPrefix = "\x01"
	markSuffix = "\x02"
	markUp     = "\x03"
)

// marked returns the names of a playlist's entries with marks.
func marked(p *Playlist, links Links) *names {
	return &names{p: p, links: links, prefix: markPrefix, suffix: markSuffix, up: markUp}
}

// replace returns a text with what a stands for in place of the marks.
func (a *Addressing) replace(text string) string {
	return strings.NewReplacer(markPrefix, a.Prefix, markSuffix, a.Suffix, markUp, a.up()).Replace(text)
}

// entries returns a function that describes segment i of the playlist.
func (p *Playlist) entries(n *names, shift hls.Shift) func(i int) Entry {
	implicit := shift.MSN == 0 && slices.ContainsFunc(p.Media.Keys, func(k hls.Resource) bool { return !k.HasIV })
	text := p.Media.SegmentTexts(n, shift)
	return func(i int) Entry {
		seg, msn, lines := &p.Media.Segments[i], p.First()+int64(i), text(i)
		return Entry{SegmentText: lines, MSN: msn, Discontinuity: p.numbering.DiscontinuityOf(seg, msn), PDT: seg.PDT, Duration: seg.Duration,
			Gap: seg.Gap, Implicit: implicit && lines.Keys != "", Listed: true}
	}
}

// Entries returns the segments of a snapshot of t, and before them those that the time-shift buffer offers, oldest first. Those of
// the snapshot are valid under any number.
func (t *Timeline) Entries(s *Snapshot, w Window, links Links) []Entry {
	shift := s.renumbering()
	if shift.MSN == 0 {
		shift.MSN = 1 // only its presence matters: it makes IVs explicit
	}
	entry := s.entries(marked(s.Playlist, links), shift)
	listed := make([]Entry, 0, len(s.Media.Segments))
	for i := range s.Media.Segments {
		listed = append(listed, entry(i))
	}
	if w.Length <= 0 || w.Retained == nil {
		return listed
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range listed {
		listed[i].Retained = t.buffer.offered(listed[i].MSN, w)
	}
	if !s.Shiftable(w.Length) {
		return listed
	}
	first := s.First()
	for first > max(t.buffer.floor, 0) && t.buffer.offered(first-1, w) {
		first--
	}
	out := make([]Entry, 0, int(s.First()-first)+len(listed))
	for msn := first; msn < s.First(); msn++ {
		e := t.buffer.segments[msn].Entry
		e.Retained, e.Listed = true, false
		out = append(out, e)
	}
	return append(out, listed...)
}

// WriteEntries returns the lines of consecutive segments.
func WriteEntries(list []Entry) string {
	var text strings.Builder
	for i := range list {
		before := Entry{}
		if i > 0 {
			before = list[i-1]
		}
		list[i].write(&text, before, i == 0)
	}
	return text.String()
}

// write writes the lines of e after those of before. first is true if there is none before.
func (e *Entry) write(text *strings.Builder, before Entry, first bool) {
	if !first {
		writeDiscontinuities(text, e.Discontinuity-before.Discontinuity)
	}
	keys := before.Keys               // in force
	if e.Map != before.Map && e.Own { // the init section has keys of its own and follows them
		writeKeys(text, keys, e.MapKeys)
		text.WriteString(e.Map)
		keys = e.MapKeys
	}
	writeKeys(text, keys, e.Keys)
	if e.Map != before.Map && !e.Own {
		text.WriteString(e.Map)
	}
	if !e.Dated && !e.PDT.IsZero() && (first || e.Discontinuity != before.Discontinuity) {
		text.WriteString("#EXT-X-PROGRAM-DATE-TIME:" + e.PDT.Format("2006-01-02T15:04:05.000Z07:00") + "\n")
	}
	text.WriteString(e.Lines)
}

// mostDiscontinuities bounds the discontinuities between two segments.
const mostDiscontinuities = 1000

func writeDiscontinuities(text *strings.Builder, n int64) {
	for range min(n, mostDiscontinuities) {
		text.WriteString("#EXT-X-DISCONTINUITY\n")
	}
}

// writeKeys writes the lines that put keys into force, unless they already are.
func writeKeys(text *strings.Builder, inForce, keys string) {
	switch {
	case keys == inForce:
	case keys == "":
		text.WriteString("#EXT-X-KEY:METHOD=NONE\n")
	default:
		text.WriteString(keys)
	}
}

// Rewrite replaces each name in the text of an Entry with the result of name, and leads paths to the stream's folder on to folder,
// which is relative to it. The marks stay.
func Rewrite(text, folder string, name func(string) string) string {
	var out strings.Builder
	for {
		i := strings.IndexAny(text, markPrefix+markUp)
		if i < 0 {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(text[:i])
		if text[i] == markUp[0] {
			out.WriteString(markUp + folder)
			text = text[i+1:]
			continue
		}
		text = text[i+1:]
		end := strings.Index(text, markSuffix)
		if end < 0 {
			end = len(text)
		}
		out.WriteString(markPrefix + name(text[:end]))
		text = text[end:]
	}
}

// Replace returns the text of entries for one way of addressing them.
func Replace(text string, a Addressing) string { return a.replace(text) }

// Edge is the newest segment of a rendition.
type Edge struct {
	MSN           int64
	Discontinuity int64
	// End is the program date time of its end; zero if unknown.
	End time.Time
	// At is when the playlist that lists it was requested.
	At time.Time
}

// Edge returns the newest segment that players were shown, by this process or an earlier one; ok is false if there is none.
func (t *Timeline) Edge() (e Edge, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.numbering.Anchor
	if a == nil {
		return e, false
	}
	e = Edge{MSN: a.MSN, Discontinuity: a.Discontinuity, At: a.At}
	if !a.PDT.IsZero() {
		e.End = a.PDT.Add(a.Duration)
	}
	return e, true
}

// Position returns the newest number and the newest partial segment of the shown playlist, and since when players have seen it.
func (t *Timeline) Position() (msn int64, parts int, since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.progress.last, t.progress.parts, t.progress.since
}
