package proxy

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/httpclient"
)

// maxDeparted is how many segments that have left the playlist are still known by number: a player that lags behind
// may ask for them, and a cached one costs nothing.
const maxDeparted = 64

// maxDepartedBytes bounds the addresses of all of them together, in bytes.
const maxDepartedBytes = 1 << 20

// origin is the playlist an address was read in: what relative references and inherited tokens come from.
type origin struct {
	base       *url.URL         // after redirects
	tokens     string           // raw query that children inherit where the CDN demands it (see feed.inherit)
	scope      httpclient.Scope // the hosts that the stream's secrets go to
	generation uint64
}

// listing is one media playlist as it came, with the numbers and names that its parts have for the player.
type listing struct {
	media  *hls.Media
	origin *origin
	at     time.Time
	// shift and discontinuities are the numbering at this time.
	numbering numbering
	keys      []string // names of media.Keys
	maps      []string // names of media.Maps
	hints     []string // names of those media.Hints that are init sections
	subtitles bool
	pictures  bool
	fragments bool
}

func (l *listing) first() int64 { return l.media.MSN + l.media.Skipped + l.numbering.Shift }

// last is the player's number of the newest whole segment; first-1 where there is none.
func (l *listing) last() int64 { return l.first() + int64(len(l.media.Segments)) - 1 }

func (l *listing) segment(msn int64) *hls.Segment {
	if i := msn - l.first(); i >= 0 && i < int64(len(l.media.Segments)) {
		return &l.media.Segments[i]
	}
	return nil
}

// names reports whether l lists, or announces, a key or an init section of that name.
func (l *listing) names(name string) bool {
	return slices.Contains(l.keys, name) || slices.Contains(l.maps, name) || slices.Contains(l.hints, name)
}

// entry is where a segment or a part is to be had: as written, with what it was written in.
type entry struct {
	uri    string
	rng    hls.ByteRange
	origin *origin
	gap    bool // the playlist says that it is not there (EXT-X-GAP)
	hint   bool // announced, not listed yet: the upstream answers when it is there
	recent bool // it is one of the newest that are listed, or announced
	behind bool // the newest playlist, from a server that lags, does not list it yet; the one before does
	listed bool // the newest playlist lists it
	expected
}

// departed is a segment that has left the playlist. It holds copies: the playlist's text goes with the playlist.
type departed struct {
	msn   int64
	uri   string
	rng   hls.ByteRange
	gap   bool
	parts []hls.Part
	from  *origin
	mark  mark
}

// size is how many bytes the addresses of d take.
func (d *departed) size() int {
	n := len(d.uri)
	for i := range d.parts {
		n += len(d.parts[i].URI)
	}
	return n
}

func depart(msn int64, seg *hls.Segment, from *origin, m mark) departed {
	d := departed{msn: msn, uri: strings.Clone(seg.URI), rng: seg.Range, gap: seg.Gap, from: from, mark: m, parts: slices.Clone(seg.Parts)}
	for i := range d.parts {
		d.parts[i].URI = strings.Clone(d.parts[i].URI)
	}
	return d
}

// table maps the player's media sequence numbers to the newest upstream URLs of one rendition.
type table struct {
	old []departed // ascending; with holes where nobody asked for the playlist for a while
	cur *listing
	// ahead is a newer generation's playlist that lags behind cur: its URLs are the newest for what it lists.
	ahead *listing
	path  func(uri string, o *origin) string
}

// replace makes l the current listing and keeps what departed with it.
func (t *table) replace(l *listing, void bool) {
	prev := t.cur
	t.cur, t.ahead = l, nil
	if void {
		t.old = nil
		return
	}
	if prev == nil {
		return
	}
	first := l.first()
	for msn := max(prev.first(), first-maxDeparted); msn < first && msn <= prev.last(); msn++ {
		if n := len(t.old); n > 0 && t.old[n-1].msn >= msn {
			continue
		}
		t.old = append(t.old, depart(msn, prev.segment(msn), prev.origin, t.markOf(prev, msn)))
	}
	for len(t.old) > 0 && (t.old[0].msn < first-maxDeparted || t.old[0].msn >= first) {
		if t.old[0].msn >= first { // a playlist that grew at its beginning: it lists them again
			t.old = nil
			break
		}
		t.old = slices.Delete(t.old, 0, 1)
	}
	bytes := 0
	for i := len(t.old) - 1; i >= 0; i-- {
		if bytes += t.old[i].size(); bytes > maxDepartedBytes {
			t.old = slices.Delete(t.old, 0, i+1)
			break
		}
	}
}

func (t *table) lookup(msn int64) (entry, bool) {
	for _, l := range [...]*listing{t.ahead, t.cur} {
		if l == nil {
			continue
		}
		if s := l.segment(msn); s != nil {
			return entry{uri: s.URI, rng: s.Range, origin: l.origin, gap: s.Gap, listed: true, recent: l.recent(msn), behind: t.behind(l)}, true
		}
		for _, h := range l.media.Hints {
			if h.Type == hls.HintSegment && l.first()+int64(h.Segment) == msn {
				return entry{uri: h.URI, rng: h.Range, origin: l.origin, hint: true, listed: true, recent: true, behind: t.behind(l)}, true
			}
		}
	}
	for i := len(t.old) - 1; i >= 0; i-- {
		if d := &t.old[i]; d.msn == msn {
			return entry{uri: d.uri, rng: d.rng, origin: d.from, gap: d.gap}, true
		}
	}
	return entry{}, false
}

func (t *table) lookupPart(msn int64, part int) (entry, bool) {
	for _, l := range [...]*listing{t.ahead, t.cur} {
		if l == nil {
			continue
		}
		if parts := l.parts(msn); part < len(parts) {
			p := &parts[part]
			return entry{uri: p.URI, rng: p.Range, origin: l.origin, gap: p.Gap, listed: true, recent: l.recent(msn), behind: t.behind(l)}, true
		}
		for _, h := range l.media.Hints {
			if h.Type == "PART" && l.first()+int64(h.Segment) == msn && h.Part == part {
				return entry{uri: h.URI, rng: h.Range, origin: l.origin, hint: true, listed: true, recent: true, behind: t.behind(l)}, true
			}
		}
	}
	for i := len(t.old) - 1; i >= 0; i-- {
		if d := &t.old[i]; d.msn == msn && part < len(d.parts) {
			p := &d.parts[part]
			return entry{uri: p.URI, rng: p.Range, origin: d.from, gap: p.Gap}, true
		}
	}
	return entry{}, false
}

// recent reports whether a segment, or the one that l has parts of, is among the newest.
func (l *listing) recent(msn int64) bool { return msn > l.last()-lagSegments }

// behind reports whether what l lists has only an address with an older token: the newest playlist is one that lags.
func (t *table) behind(l *listing) bool {
	return t.ahead != nil && l.origin.generation < t.ahead.origin.generation
}

func (l *listing) parts(msn int64) []hls.Part {
	if s := l.segment(msn); s != nil {
		return s.Parts
	}
	if msn == l.last()+1 {
		return l.media.Open
	}
	return nil
}

// bounds and mark make a table the window that a fresh playlist is compared with: cur, and what departed right before
// it. What lies before a hole is still looked up by number, but compared with nothing.
func (t *table) bounds() (first, last int64, ok bool) {
	if t.cur == nil || len(t.cur.media.Segments) == 0 {
		return 0, 0, false
	}
	first = t.cur.first()
	for i := len(t.old) - 1; i >= 0 && t.old[i].msn == first-1; i-- {
		first--
	}
	return first, t.cur.last(), true
}

func (t *table) mark(msn int64) mark {
	if msn >= t.cur.first() {
		return t.markOf(t.cur, msn)
	}
	return t.old[len(t.old)-int(t.cur.first()-msn)].mark
}

func (t *table) markOf(l *listing, msn int64) mark {
	seg := l.segment(msn)
	return mark{MSN: msn, Discontinuity: l.numbering.discontinuity(seg, msn), PDT: seg.PDT,
		Path: t.path(seg.URI, l.origin), Duration: seg.Duration, At: l.at}
}

// bounds and mark make a remembered segment a window of one.
func (m *mark) bounds() (first, last int64, ok bool) { return m.MSN, m.MSN, true }

func (m *mark) mark(int64) mark { return *m }
