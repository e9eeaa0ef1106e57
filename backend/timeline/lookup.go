package timeline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/hls"
)

const (
	// RecentSegments is how many of a playlist's newest segments a server may not have yet.
	RecentSegments = 3
	// maxResources bounds the keys and init sections that can be looked up by name.
	maxResources = 4 * maxEpochs
	// maxMissing bounds the remembered missing segments of a rendition.
	maxMissing = 256
	// establishedAge is how many segments behind the newest one a segment must be for every server of the CDN to have it. If
	// the playlist lists fewer, its second-oldest is used, as the oldest may already have been deleted.
	establishedAge = RecentSegments + 4
	// maxEstablished bounds the segments that Established returns. It is more than one, as a single segment may be missing for
	// a reason of its own.
	maxEstablished = 2
)

// Ref is the upstream address of a segment, a partial segment, a key or an init section: the URI as written, and the playlist
// in which it is written.
type Ref struct {
	URI    string
	Range  hls.ByteRange
	Parent *Parent
	Gap    bool // the playlist marks it as absent (EXT-X-GAP)
	Hint   bool // hinted at, not listed yet: the upstream answers once it is available
	Recent bool // it is one of the newest, or hinted at
	Behind bool // the newest playlist, from a server that lags, does not list it yet; the one before does
	Listed bool // the newest playlist lists it or hints at it
}

// Lookup finds an object of a Timeline.
type Lookup func(t *Timeline) (Ref, bool)

// Segment looks up a whole segment by the player's number.
func Segment(msn int64) Lookup { return func(t *Timeline) (Ref, bool) { return t.table.segment(msn) } }

// Part looks up a partial segment.
func Part(msn int64, part int) Lookup {
	return func(t *Timeline) (Ref, bool) { return t.table.part(msn, part) }
}

// Named looks up a key or an init section by its name.
func Named(name string) Lookup {
	return func(t *Timeline) (Ref, bool) {
		ref, ok := t.resources[name]
		if !ok {
			return Ref{}, false
		}
		ref.Listed = t.shown.Mentions(name)
		if l := t.table.lagging; l != nil {
			ref.Behind = ref.Listed && t.table.behind(ref.Parent)
			ref.Listed = ref.Listed || l.Mentions(name)
		}
		return ref, true
	}
}

// Find looks up an object for a request that is served under generation and needs a playlist from notBefore or later (see
// Snapshot.Serves). s is the playlist that was consulted; nil if none is good enough. ok reports whether the object is known.
func (t *Timeline) Find(look Lookup, generation uint64, notBefore time.Time) (ref Ref, ok bool, s *Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown == nil || !t.shown.Serves(generation, notBefore) {
		return Ref{}, false, nil
	}
	ref, ok = look(t)
	return ref, ok, t.shown
}

// Established returns up to two listed segments, at least behind segments older than the newest one, that a valid token of
// this generation can fetch; s is the playlist that lists them. Both are nil if the addresses have another token.
func (t *Timeline) Established(generation uint64, behind int64) (refs []Ref, s *Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s = t.shown
	if s == nil || s.Parent.Generation != generation {
		return nil, nil
	}
	msn := max(s.First()+1, s.Last()-establishedAge)
	for ; msn <= s.Last()-behind && len(refs) < maxEstablished; msn++ {
		ref, ok := t.table.segment(msn)
		_, missing := t.missing[strconv.FormatInt(msn, 10)]
		if ok && !ref.Gap && !missing && !ref.Behind {
			refs = append(refs, ref)
		}
	}
	return refs, s
}

// remember makes the keys and init sections of a playlist available by name. It keeps copies of their addresses, so that the
// playlist's text can be freed.
func (t *Timeline) remember(p *Playlist) {
	if len(t.resources) > maxResources {
		clear(t.resources)
	}
	add := func(name, uri string, rng hls.ByteRange) {
		if old, ok := t.resources[name]; ok && old.URI == uri {
			uri = old.URI
		} else {
			uri = strings.Clone(uri)
		}
		t.resources[name] = Ref{URI: uri, Range: rng, Parent: p.Parent}
	}
	for k, name := range p.Keys {
		add(name, p.Media.Keys[k].URI, hls.ByteRange{Length: -1})
	}
	for k, name := range p.Hints {
		if _, ok := t.resources[name]; name != "" && !ok {
			add(name, p.Media.Hints[k].URI, p.Media.Hints[k].Range)
		}
	}
	for k, name := range p.Maps {
		add(name, p.Media.Maps[k].URI, p.Media.Maps[k].Range)
	}
}

// MarkMissing records that the upstream lists an object but could not serve it under a generation of the token. leaf is
// the last element of the object's address, without a segment's extension, which may change.
func (t *Timeline) MarkMissing(leaf string, generation uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.missing) >= maxMissing {
		clear(t.missing)
	}
	t.missing[leaf] = generation
}

// IsMissing reports whether the object was found missing under this generation.
func (t *Timeline) IsMissing(leaf string, generation uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok := t.missing[leaf]
	return ok && g == generation
}

// ObjectKey returns a cache key for an object: equal keys mean equal bytes, for as long as the Timeline's record is kept. It
// includes the epoch. It also includes the shift if the playlist has a key without an IV: the media sequence number is then
// the IV (RFC 8216bis 5.2), so edges that number differently serve different bytes.
func (t *Timeline) ObjectKey(leaf string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := strconv.Itoa(t.numbering.Epoch) + "/"
	if s := t.shown; s != nil && slices.ContainsFunc(s.Media.Keys, func(k hls.Resource) bool { return !k.HasIV }) {
		key += strconv.FormatInt(t.numbering.Shift, 10) + "/"
	}
	return key + leaf
}
