package proxy

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/hls"
	"gridwall/backend/stream"
)

const (
	// soonGone is how many of the oldest listed segments are fetched for the rewind where no player has: they are about
	// to leave the upstream's playlist.
	soonGone = 2
	// keepWait bounds the fetch of one segment that is to be kept.
	keepWait = 30 * time.Second
)

// Rewind says how much of what was played stays to be played again, although the upstream lists it no more.
type Rewind struct {
	// Length is for how long after they came segments are kept; 0: not at all.
	Length time.Duration
	// Bytes bounds the files of all streams together; the oldest go first.
	Bytes int64
}

// block is one segment as the player's playlist shows it, with marks for what differs from player to player.
type block struct {
	hls.Excerpt
	leaf          string // its last path element, without the extension
	discontinuity int64
	pdt           time.Time
	gap           bool
	unfit         bool     // it is too large to be kept
	resources     []string // the leaves of its keys and its init section
	at            time.Time
}

// Marks within the text of a block: the player's prefix and suffix take their places.
const (
	markPrefix = "\x01"
	markSuffix = "\x02"
	markUp     = "\x03"
)

// past is what a rendition knows of the segments that are or were listed. The rendition's mu guards it.
type past struct {
	blocks  map[int64]block
	newest  int64 // the greatest described number
	floor   int64 // the playlist once began here: it never begins before again (RFC 8216bis 6.2.2); -1: never shown
	keeping bool  // something is being fetched for it
}

// describe notes the segments of a listing that are new, while there is a rewind. Naming them takes the feed's lock, so
// the rendition's must not be held.
func (r *rendition) describe(l *listing) {
	length := r.f.p.rewind.length()
	if !l.rewinds(length) {
		return
	}
	r.mu.Lock()
	if r.past.blocks == nil {
		r.past.blocks, r.past.newest, r.past.floor = map[int64]block{}, -1, -1
	}
	from := max(l.first(), r.past.newest+1)
	r.mu.Unlock()
	n := &mediaNames{f: r.f, r: r, l: l, prefix: markPrefix, suffix: markSuffix, up: markUp}
	sh := l.shift()
	now := time.Now()
	fresh := map[int64]block{}
	excerpt := l.media.Excerpts(n, sh)
	for msn := from; msn <= l.last(); msn++ {
		i := int(msn - l.first())
		seg := &l.media.Segments[i]
		b := block{Excerpt: excerpt(i), discontinuity: l.numbering.discontinuity(seg, msn), pdt: seg.PDT, gap: seg.Gap,
			leaf: strconv.FormatInt(msn, 10), at: now}
		b.resources = l.governing(i)
		fresh[msn] = b
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.past.blocks == nil || r.numbering.Epoch != l.numbering.Epoch { // what the numbers meant is void meanwhile
		return
	}
	for msn, b := range fresh {
		if msn > r.past.newest {
			r.past.blocks[msn] = b
		}
	}
	r.past.newest = max(r.past.newest, l.last())
	for msn, b := range r.past.blocks {
		if msn < l.first() && now.Sub(b.at) > length {
			delete(r.past.blocks, msn)
		}
	}
	r.past.bound()
}

const (
	// maxBlocks bounds the described segments of a rendition, and maxBlockBytes their texts together: hours of the shortest
	// segments. The oldest go first; what the upstream still lists beyond that is not described.
	maxBlocks     = 16_384
	maxBlockBytes = 8 << 20
)

// bound forgets the oldest segments while there are too many.
func (p *past) bound() {
	bytes := 0
	for _, b := range p.blocks {
		bytes += b.size()
	}
	if len(p.blocks) <= maxBlocks && bytes <= maxBlockBytes {
		return
	}
	for _, msn := range slices.Sorted(maps.Keys(p.blocks)) {
		if len(p.blocks) <= maxBlocks && bytes <= maxBlockBytes {
			return
		}
		b := p.blocks[msn]
		bytes -= b.size()
		delete(p.blocks, msn)
	}
}

// size is about how many bytes of memory b takes.
func (b *block) size() int { return len(b.Lines) + len(b.Keys) + len(b.Map) + 256 }

// rewinds tells a playlist to which something can be added: one that forgets, and lists less than is to be kept; no delta
// update.
func (l *listing) rewinds(length time.Duration) bool {
	if length <= 0 || l.media.PlaylistType != "" || l.media.Skipped > 0 || l.media.IFramesOnly || len(l.media.Segments) == 0 {
		return false
	}
	for i := range l.media.Segments {
		if length -= l.media.Segments[i].Duration; length <= 0 {
			return false
		}
	}
	return true
}

// governing are the names of the keys and the init section that a player needs for segment i.
func (l *listing) governing(i int) (names []string) {
	keys, maps := l.media.Governing(i)
	for _, k := range keys {
		names = append(names, l.keys[k])
	}
	for _, k := range maps {
		names = append(names, l.maps[k])
	}
	return names
}

// lead are the kept segments right before those that the listing has, for one way of being addressed.
func (r *rendition) lead(l *listing, prefix, suffix, up string) hls.Lead {
	length := r.f.p.rewind.length()
	if !l.rewinds(length) {
		return hls.Lead{}
	}
	key := r.cacheKey("")
	r.mu.Lock()
	defer r.mu.Unlock()
	first := l.first()
	if r.past.floor < 0 {
		r.past.floor = first
	}
	msn := first
	oldest := time.Now().Add(-length)
	for msn > r.past.floor {
		b, ok := r.past.blocks[msn-1]
		if !ok || b.at.Before(oldest) || !b.gap && !r.f.p.rewind.has(key+b.leaf) {
			break
		}
		msn--
	}
	r.past.floor = msn
	if msn == first {
		return hls.Lead{}
	}
	return r.past.write(msn, l, prefix, suffix, up)
}

// write are the lines of the blocks from msn up to the listing's first segment.
func (p *past) write(msn int64, l *listing, prefix, suffix, up string) hls.Lead {
	first := l.first()
	sh := l.shift()
	listed := l.media.DiscontinuitySequence + sh.Discontinuity // as the playlist itself would count
	here := l.numbering.discontinuity(&l.media.Segments[0], first)
	last := p.blocks[first-1]
	extra := here - last.discontinuity - (here - listed) // behind the last block, beside those that the playlist shows
	lead := hls.Lead{Segments: first - msn, Discontinuities: listed - p.blocks[msn].discontinuity}
	if extra < 0 || lead.Discontinuities < 0 {
		return hls.Lead{}
	}
	var b strings.Builder
	before := block{discontinuity: p.blocks[msn].discontinuity}
	for n := msn; n < first; n++ {
		x := p.blocks[n]
		for range x.discontinuity - before.discontinuity {
			b.WriteString("#EXT-X-DISCONTINUITY\n")
		}
		keys := before.Keys               // in force
		if x.Map != before.Map && x.Own { // the init section has keys of its own, and stands behind them
			writeKeys(&b, keys, x.MapKeys)
			b.WriteString(x.Map)
			keys = x.MapKeys
		}
		writeKeys(&b, keys, x.Keys)
		if x.Map != before.Map && !x.Own {
			b.WriteString(x.Map)
		}
		if !x.Dated && !x.pdt.IsZero() && (n == msn || x.discontinuity != before.discontinuity) {
			b.WriteString("#EXT-X-PROGRAM-DATE-TIME:" + x.pdt.Format("2006-01-02T15:04:05.000Z07:00") + "\n")
		}
		b.WriteString(x.Lines)
		before = x
	}
	if !l.media.Encrypted(0) {
		writeKeys(&b, before.Keys, "")
	}
	for range extra {
		b.WriteString("#EXT-X-DISCONTINUITY\n")
	}
	lead.Text = []byte(strings.NewReplacer(markPrefix, prefix, markSuffix, suffix, markUp, up).Replace(b.String()))
	return lead
}

// writeKeys puts keys into force in the place of others.
func writeKeys(b *strings.Builder, inForce, keys string) {
	switch {
	case keys == inForce:
	case keys == "":
		b.WriteString("#EXT-X-KEY:METHOD=NONE\n")
	default:
		b.WriteString(keys)
	}
}

// keepSoon keeps what can be kept of a listing: what players have fetched, and what is about to leave the playlist. It
// does so beside the request, one segment after the other.
func (r *rendition) keepSoon(l *listing) {
	if !l.rewinds(r.f.p.rewind.length()) {
		return
	}
	key := r.cacheKey("")
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.past.keeping || r.f.p.ctx.Err() != nil {
		return
	}
	var wanted []int64
	for msn := l.first(); msn <= l.last(); msn++ {
		b, ok := r.past.blocks[msn]
		if !ok || b.gap || b.unfit || r.f.p.rewind.has(key+b.leaf) {
			continue
		}
		if msn < l.first()+soonGone || r.f.p.cache.holds(key+b.leaf) {
			wanted = append(wanted, msn)
		}
	}
	if len(wanted) == 0 || !r.f.p.begin() {
		return
	}
	r.past.keeping = true
	blocks := make([]block, len(wanted))
	for i, msn := range wanted {
		blocks[i] = r.past.blocks[msn]
	}
	go func() {
		defer r.f.p.wg.Done()
		defer func() {
			r.mu.Lock()
			r.past.keeping = false
			r.mu.Unlock()
		}()
		for i, msn := range wanted {
			err := r.keep(msn, &blocks[i])
			if errors.Is(err, errTooLarge) { // it would be fetched with each reload
				r.mu.Lock()
				if b, ok := r.past.blocks[msn]; ok {
					b.unfit = true
					r.past.blocks[msn] = b
				}
				r.mu.Unlock()
			}
			if err != nil && r.f.p.ctx.Err() == nil {
				r.f.p.log.Debug("a segment is not kept for the rewind", "stream", r.f.id, "rendition", r.name, "msn", msn,
					"why", stream.RedactText(err.Error()))
			}
		}
	}()
}

// keep keeps one segment, with its keys and its init section.
func (r *rendition) keep(msn int64, b *block) error {
	ctx, cancel := context.WithTimeout(r.f.p.ctx, keepWait)
	defer cancel()
	for _, leaf := range b.resources {
		if err := r.keepObject(ctx, leaf, r.f.open(r.name, r.resource(leaf), nil)); err != nil {
			return err
		}
	}
	return r.keepObject(ctx, b.leaf, r.f.open(r.name, r.find(msn, -1), &hole{r: r, leaf: strconv.FormatInt(msn, 10)}))
}

func (r *rendition) keepObject(ctx context.Context, leaf string, open opener) error {
	key := r.cacheKey(leaf)
	if r.f.p.rewind.has(key) {
		return nil
	}
	rd := r.f.p.cache.join(key, open)
	defer rd.close()
	contentType, start, total, err := rd.start(ctx)
	if err != nil {
		return err
	}
	limit := min(r.f.p.cache.objectLimit(), r.f.p.rewind.objectLimit())
	if total > limit {
		return errTooLarge
	}
	if r.cacheKey(leaf) != key {
		return errors.New("its numbers have changed their meaning meanwhile")
	}
	return r.f.p.rewind.put(key, contentType, start, limit, func(w io.Writer) error {
		for {
			b, err := rd.next(ctx)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
			rd.skip(int64(len(b)))
		}
	})
}

// rewinding is open where a kept object may stand in for the upstream's: a segment always, a key or an init section where
// the playlist names it no more.
func (r *rendition) rewinding(key, leaf string, k kind, open opener) opener {
	if !r.f.p.rewind.on() || k == kindPart {
		return open
	}
	if k != kindSegment {
		if s := r.current(); s == nil || slices.Contains(s.keys, leaf) || slices.Contains(s.maps, leaf) {
			return open
		}
	}
	return func(ctx context.Context, offset int64) (*opened, error) {
		if o := r.f.p.rewind.open(key, offset); o != nil {
			return o, nil
		}
		return open(ctx, offset)
	}
}

// begin counts a piece of work that Close waits for; not ok once Close has begun.
func (p *Proxy) begin() bool {
	p.cache.mu.Lock() // as cache.join does: Close waits only after it had this lock
	defer p.cache.mu.Unlock()
	if p.ctx.Err() != nil {
		return false
	}
	p.wg.Add(1)
	return true
}

// holds reports whether the object is in the cache as a whole.
func (c *cache) holds(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.index[key] != nil
}
