package timeline

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"gridwall/backend/hls"
)

const (
	// maxSideBytes bounds the memory, in bytes, of a stream's addresses outside of its timelines: session data, session keys,
	// assets and their segments. It has room for about 30,000. Beyond it those go that were named or used the longest ago.
	maxSideBytes = 8 << 20
	// sideOverhead is about what an address takes beside its text.
	sideOverhead = 256
	// SideIdle is for how long an address is known after a playlist has last named it, or a player has asked for it or for
	// what it names. One that is asked for later is found by writing the playlists again.
	SideIdle = time.Minute
	// sideKept bounds for how long an address is known because what named it is in use. A list of assets can name others
	// each time that it is read; so what it named once must do for as long as a player plays that.
	sideKept = time.Hour
	// maxLineage bounds how many addresses of this kind one stands below: an asset list, its asset's multivariant playlist, a
	// media playlist of that, a segment. What stands deeper does not say in its name what it was named by.
	maxLineage = 5
)

// SideKind is what is known of an address outside of the timelines.
type SideKind int

const (
	SideAny      SideKind = iota // its bytes decide: a playlist is written again, all else is passed on
	SidePlaylist                 // an interstitial's asset, or a rendition of one
	SideList                     // the JSON of an X-ASSET-LIST (RFC 8216bis, appendix D.2)
	SideKey                      // a session key of 16 bytes, SideKey256 one of 32
	SideKey256
)

// SideKindOf returns the kind of what a playlist names under a tag or an attribute.
func SideKindOf(tag string) SideKind {
	switch tag {
	case "X-ASSET-URI":
		return SidePlaylist
	case "X-ASSET-LIST":
		return SideList
	}
	return SideAny
}

// Side is an address that stands outside of the timelines.
type Side struct {
	URI    string
	Parent *Parent
	Kind   SideKind
	// Rendition is the one whose playlist names it; "" for another's.
	Rendition string
}

// Ref returns where it is to be fetched.
func (s *Side) Ref() Ref {
	return Ref{URI: s.URI, Range: hls.ByteRange{Length: -1}, Parent: s.Parent, Listed: true}
}

// SideTable holds a stream's addresses outside of its timelines, by name. It is safe for concurrent use, and calls nothing
// while it is locked.
type SideTable struct {
	resolve Resolver

	mu    sync.Mutex
	index map[string]*list.Element
	order *list.List // of *sideEntry, by at
	bytes int
}

type sideEntry struct {
	name string
	Side
	at    time.Time // when it was last named or used, or found to be kept
	named time.Time // when a playlist last named it
	read  time.Time // when the playlist under this address was last read, and what it names was named; zero: never
	// readUnder is the generation of the token under which that was; soughtUnder the one under which what names this address
	// was last read again for it.
	readUnder, soughtUnder uint64
}

// NewSideTable returns an empty table.
func NewSideTable(resolve Resolver) *SideTable {
	return &SideTable{resolve: resolve, index: map[string]*list.Element{}, order: list.New()}
}

func (e *sideEntry) size() int { return len(e.URI) + len(e.name) + sideOverhead }

// SideParent returns the name of the address that named the one of this name; ok is false where that was a playlist of the
// stream itself.
func SideParent(name string) (parent string, ok bool) {
	_, parent, ok = strings.Cut(name, "-")
	return parent, ok
}

// Name gives an address its token-free name, and records that a playlist names it. parent is the name of the address under
// which that playlist stands, "" for the stream's own: it becomes part of the name, so that after a restart, or with a
// fresh token, the address can be found again where it was named.
func (t *SideTable) Name(s Side, parent string, now time.Time) string {
	what := s.URI
	if u, err := t.resolve(s.Parent.URL, s.URI); err == nil {
		what = Identity(u.String())
		// Edges change, the hosts of others (an advertisement's, a key server's) do not: there the host is part of the name.
		if u.Host != s.Parent.URL.Host {
			what = u.Host + what
		}
	}
	sum := sha256.Sum256([]byte(what))
	name := hex.EncodeToString(sum[:10])
	if parent != "" && strings.Count(parent, "-") < maxLineage-1 {
		name += "-" + parent
	}
	t.put(name, s, now)
	return name
}

// put records that a playlist names s. Nothing of the playlist's text is kept.
func (t *SideTable) put(name string, s Side, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if el := t.index[name]; el != nil {
		e := el.Value.(*sideEntry)
		t.bytes -= e.size()
		if e.URI == s.URI {
			s.URI = e.URI
		} else {
			s.URI = strings.Clone(s.URI)
		}
		e.Side, e.at, e.named = s, now, now
		t.bytes += e.size()
		t.order.MoveToBack(el)
	} else {
		s.URI = strings.Clone(s.URI)
		e := &sideEntry{name: name, Side: s, at: now, named: now}
		t.index[name] = t.order.PushBack(e)
		t.bytes += e.size()
	}
	for t.bytes > maxSideBytes && t.order.Len() > 1 {
		t.drop(t.order.Front())
	}
}

// Len returns how many addresses are known.
func (t *SideTable) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.order.Len()
}

func (t *SideTable) get(name string) *sideEntry {
	if el := t.index[name]; el != nil {
		return el.Value.(*sideEntry)
	}
	return nil
}

// Use returns the address of a name for a player: it stays known, and so do those that led to it.
func (t *SideTable) Use(name string, now time.Time) (Side, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.get(name)
	if found == nil {
		return Side{}, false
	}
	for ok := true; ok; name, ok = SideParent(name) {
		if el := t.index[name]; el != nil {
			el.Value.(*sideEntry).at = now
			t.order.MoveToBack(el)
		}
	}
	return found.Side, true
}

// Sought reports whether what names the address was read under this generation of the token, and no longer names it: a
// list of assets can differ each time. The address that is known has to do then, until it is refused.
func (t *SideTable) Sought(name string, generation uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil && e.soughtUnder >= generation {
		return true
	}
	parent, _ := SideParent(name)
	e := t.get(parent)
	return e != nil && e.readUnder >= generation
}

// SetSought records that what names the address was read again for it.
func (t *SideTable) SetSought(name string, generation uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil {
		e.soughtUnder = max(e.soughtUnder, generation)
	}
}

// ReadSince reports whether the playlist under the address was read at that moment or later, and is known under this
// generation.
func (t *SideTable) ReadSince(name string, generation uint64, at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.get(name)
	return e != nil && e.Side.Parent.Generation >= generation && !e.read.Before(at)
}

// SetRead records that the playlist under the address was requested then, and all that it names was named.
func (t *SideTable) SetRead(name string, generation uint64, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.get(name); e != nil {
		e.read, e.readUnder = at, generation
	}
}

// Sweep forgets what was neither named nor used for SideIdle. What it was named by keeps it, while that is in use: a player
// goes through a list from its beginning to its end, and reads it once.
func (t *SideTable) Sweep(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := now.Add(-SideIdle)
	for el := t.order.Front(); el != nil && el.Value.(*sideEntry).at.Before(before); el = t.order.Front() {
		e := el.Value.(*sideEntry)
		parent, _ := SideParent(e.name)
		if p := t.get(parent); p != nil && !p.at.Before(before) && now.Sub(e.named) < sideKept {
			e.at = now
			t.order.MoveToBack(el)
			continue
		}
		t.drop(el)
	}
}

func (t *SideTable) drop(el *list.Element) {
	e := el.Value.(*sideEntry)
	t.order.Remove(el)
	delete(t.index, e.name)
	t.bytes -= e.size()
}
