package timeline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwall/backend/hls"
)

const (
	// RecentSegments is how many of the newest segments of a playlist a server may not have yet.
	RecentSegments = 3
	// maxResources bounds the keys and init sections that can be asked for by name.
	maxResources = 4 * maxEpochs
	// maxMissing bounds the remembered missing segments of a rendition.
	maxMissing = 256
	// establishedAge is how many segments behind the newest one a segment stands that every server of the CDN should have by
	// now; where the playlist lists fewer, the oldest but one has to do, for the oldest may have been deleted.
	establishedAge = RecentSegments + 4
	// maxEstablished bounds the segments that are returned by Established: one of them can be missing for a reason of its own.
	maxEstablished = 2
)

// Ref is where a segment, a partial segment, a key or an init section is to be fetched: as written, with the playlist that
// it was written in.
type Ref struct {
	URI    string
	Range  hls.ByteRange
	Parent *Parent
	Gap    bool // the playlist says that it is not there (EXT-X-GAP)
	Hint   bool // announced, not listed yet: the upstream answers when it is there
	Recent bool // it is one of the newest that are listed, or announced
	Behind bool // the newest playlist, from a server that lags, does not list it yet; the one before does
	Listed bool // the newest playlist lists it
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
		ref.Listed = t.shown.Names(name)
		if l := t.table.lagging; l != nil {
			ref.Behind = ref.Listed && t.table.behind(ref.Parent)
			ref.Listed = ref.Listed || l.Names(name)
		}
		return ref, true
	}
}

// Find looks an object up in a playlist that a request which is served under generation, and needs nothing older than
// notBefore, may rely on (see Snapshot.Serves). s is nil if no such playlist is known; else it is the playlist by which
// ok says whether the object is known.
func (t *Timeline) Find(look Lookup, generation uint64, notBefore time.Time) (ref Ref, ok bool, s *Snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown == nil || !t.shown.Serves(generation, notBefore) {
		return Ref{}, false, nil
	}
	ref, ok = look(t)
	return ref, ok, t.shown
}

// Established returns listed segments, at least behind segments older than the newest one, that a token of this generation
// should open.
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

// remember makes the keys and init sections of a playlist answer to their names. What it keeps of their addresses are
// copies.
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
// the last element of the object's address, without an extension that may change.
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

// ObjectKey returns a name for the bytes of an object: equal names mean equal bytes, for as long as the Timeline's record
// is kept. An epoch's objects are not those of another. Nor is what an upstream encrypted under its own number, for want of
// an IV (RFC 8216bis 5.2), that of an edge which numbers differently.
func (t *Timeline) ObjectKey(leaf string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := strconv.Itoa(t.numbering.Epoch) + "/"
	if s := t.shown; s != nil && slices.ContainsFunc(s.Media.Keys, func(k hls.Resource) bool { return !k.HasIV }) {
		key += strconv.FormatInt(t.numbering.Shift, 10) + "/"
	}
	return key + leaf
}
